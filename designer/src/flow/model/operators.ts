/** Which comparisons make sense for which field, so that nobody is offered "contains" for an amount. */
import type { FieldType } from '@/api/types'
import type { FilterValue, Operator } from './filter'

const ORDERED: readonly Operator[] = ['>', '>=', '<', '<=', '=', '!=', 'empty', 'not-empty']
const TEXTUAL: readonly Operator[] = ['=', '!=', 'contains', 'starts-with', 'empty', 'not-empty']
const CHOSEN: readonly Operator[] = ['=', '!=', 'in', 'not-in', 'empty', 'not-empty']
const SINGLE: readonly Operator[] = ['=', '!=']
const PRESENCE: readonly Operator[] = ['empty', 'not-empty']
const SEVERAL: readonly Operator[] = ['contains', 'empty', 'not-empty']
const POINTING: readonly FieldType[] = ['person', 'department', 'reference']

/** Whether a field points at a person, department or record. */
export const isPointing = (type: FieldType): boolean => POINTING.includes(type)

/** The operators for a field of which it is known what it points at, and whether it holds several values. */
export function operatorsOf({ type, entity, multiple }: { type: FieldType; entity?: string; multiple?: boolean }): readonly Operator[] {
  if (entity === undefined || !isPointing(type)) return multiple ? SEVERAL : operatorsFor(type)
  return multiple ? SEVERAL : CHOSEN
}

/** The operators for a type of field; the first is the one a new row begins with. */
export function operatorsFor(type: FieldType): readonly Operator[] {
  switch (type) {
    case 'number':
    case 'decimal':
    case 'money':
    case 'date':
    case 'time':
    case 'date-time':
    case 'formula':
    case 'roll-up':
      return ORDERED
    case 'text':
    case 'long-text':
    case 'rich-text':
    case 'phone':
    case 'email':
    case 'auto-number':
      return TEXTUAL
    case 'choice':
    case 'tree-choice':
      return CHOSEN
    case 'boolean':
      return SINGLE
    case 'person':
    case 'department':
    case 'reference':
    case 'attachment':
    case 'picture':
    case 'address':
    case 'lines':
      return PRESENCE
  }
}

/** Turns what was typed into the value the field holds: a number for amounts, text otherwise. */
export function typedValue(type: FieldType, typed: string): FilterValue {
  if (type !== 'number' && type !== 'decimal' && type !== 'money') return typed
  const plain = typed.trim().replace(/[,，\s]/g, '')
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : typed.trim()
}
