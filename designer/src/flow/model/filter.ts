/**
 * Conditions as rows. The same JSON serves lists, permissions and triggers; here it is
 * edited as rows of field, operator and value, joined by 且 or 或.
 */

/** How a test compares, as written in the JSON. */
export const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not-in',
  'contains',
  'starts-with',
  'empty',
  'not-empty',
] as const

/** One of the operators. */
export type Operator = (typeof OPERATORS)[number]

const NAMES = {
  '=': 'equal',
  '!=': 'notEqual',
  '>': 'greater',
  '>=': 'greaterOrEqual',
  '<': 'less',
  '<=': 'lessOrEqual',
  in: 'in',
  'not-in': 'notIn',
  contains: 'contains',
  'starts-with': 'startsWith',
  empty: 'empty',
  'not-empty': 'notEmpty',
} as const satisfies Record<Operator, string>

/** The operator as a word, for looking up how to say it. */
export function operatorName(op: Operator): (typeof NAMES)[Operator] {
  return NAMES[op]
}

/** What a field is compared with. */
export type FilterValue = string | number | boolean | null | FilterValue[]

/** One comparison. */
export interface Test {
  field: string
  op: Operator
  value?: FilterValue
}

/** A condition: exactly one of the four shapes. */
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Test

/** A condition as the panel shows it: every row must hold, or any of them. */
export interface Rows {
  join: 'all' | 'any'
  rows: Test[]
}

/** Whether the operator compares with nothing. */
export function isUnary(op: Operator): boolean {
  return op === 'empty' || op === 'not-empty'
}

/** Whether the operator compares with a list. */
export function takesList(op: Operator): boolean {
  return op === 'in' || op === 'not-in'
}

/** Reads the JSON of a filter; nothing when it is not one. */
export function parseFilter(json: string): Filter | undefined {
  try {
    return asFilter(JSON.parse(json))
  } catch {
    return undefined
  }
}

/** A filter as rows; nothing when it is nested deeper than rows can show. */
export function toRows(filter: Filter): Rows | undefined {
  if (isTest(filter)) return { join: 'all', rows: [filter] }
  if ('not' in filter) return undefined
  const join = 'all' in filter ? 'all' : 'any'
  const parts = 'all' in filter ? filter.all : filter.any
  return parts.every(isTest) ? { join, rows: parts } : undefined
}

/** Rows as JSON. Rows without a field are still being written and are left out. */
export function writeRows({ join, rows }: Rows): string | undefined {
  const complete = rows.filter((row) => row.field !== '').map(withoutIdleValue)
  if (complete.length === 0) return undefined
  return JSON.stringify({ [join]: complete })
}

/** Whether a row can be evaluated: it has a field, and a value where its operator needs one. */
export function isComplete({ field, op, value }: Test): boolean {
  if (field === '') return false
  if (isUnary(op)) return true
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
}

function withoutIdleValue({ field, op, value }: Test): Test {
  return isUnary(op) ? { field, op } : { field, op, value: value ?? '' }
}

function isTest(filter: Filter): filter is Test {
  return 'field' in filter
}

function asFilter(value: unknown): Filter | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if ('all' in value) {
    const all = asFilters(value.all)
    return all && { all }
  }
  if ('any' in value) {
    const any = asFilters(value.any)
    return any && { any }
  }
  if ('not' in value) {
    const not = asFilter(value.not)
    return not && { not }
  }
  const op = 'op' in value ? OPERATORS.find((operator) => operator === value.op) : undefined
  if (!op || !('field' in value) || typeof value.field !== 'string') return undefined
  return 'value' in value ? { field: value.field, op, value: value.value as FilterValue } : { field: value.field, op }
}

function asFilters(value: unknown): Filter[] | undefined {
  if (!Array.isArray(value)) return undefined
  const parts = value.map(asFilter)
  return parts.every((part) => part !== undefined) ? parts : undefined
}
