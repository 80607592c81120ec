/** Ways of saying who: used for approvers, starters and recipients. */
import { readInputs, writeInputs, type Inputs } from './inputs'
import { children, integer, make, text, type Factory, type ModdleElement } from './moddle'

/** One way of saying who. */
export type AssigneeRule =
  | { kind: 'person'; login: string }
  | { kind: 'role'; code: string }
  | { kind: 'department'; code: string }
  | { kind: 'departmentHead' }
  | { kind: 'superior'; level: number }
  | { kind: 'initiator' }
  | { kind: 'fieldPerson'; field: string }
  | { kind: 'plugin'; rule: string; inputs: Inputs }
  | { kind: 'expression'; script: string }

/** The kinds, in the order in which they are offered. */
export const RULE_KINDS = [
  'superior',
  'role',
  'person',
  'department',
  'departmentHead',
  'initiator',
  'fieldPerson',
  'plugin',
  'expression',
] as const satisfies readonly AssigneeRule['kind'][]

/** A fresh rule of a kind, to be filled in. */
export function emptyRule(kind: AssigneeRule['kind']): AssigneeRule {
  switch (kind) {
    case 'person':
      return { kind, login: '' }
    case 'role':
    case 'department':
      return { kind, code: '' }
    case 'superior':
      return { kind, level: 1 }
    case 'fieldPerson':
      return { kind, field: '' }
    case 'plugin':
      return { kind, rule: '', inputs: {} }
    case 'expression':
      return { kind, script: '' }
    case 'departmentHead':
    case 'initiator':
      return { kind }
  }
}

/** Reads the rules inside `kapok:assignees`, `kapok:starters` or `kapok:to`. */
export function readRules(container: ModdleElement | undefined): AssigneeRule[] {
  return children(container, 'rules').flatMap((rule) => readRule(rule) ?? [])
}

function readRule(rule: ModdleElement): AssigneeRule | undefined {
  switch (rule.$type) {
    case 'kapok:Person':
      return { kind: 'person', login: text(rule, 'login') ?? '' }
    case 'kapok:Role':
      return { kind: 'role', code: text(rule, 'code') ?? '' }
    case 'kapok:Department':
      return { kind: 'department', code: text(rule, 'code') ?? '' }
    case 'kapok:DepartmentHead':
      return { kind: 'departmentHead' }
    case 'kapok:Superior':
      return { kind: 'superior', level: integer(rule, 'level') ?? 1 }
    case 'kapok:Initiator':
      return { kind: 'initiator' }
    case 'kapok:FieldPerson':
      return { kind: 'fieldPerson', field: text(rule, 'field') ?? '' }
    case 'kapok:Plugin':
      return { kind: 'plugin', rule: text(rule, 'rule') ?? '', inputs: readInputs(rule) }
    case 'kapok:Expression':
      return { kind: 'expression', script: text(rule, 'body') ?? '' }
    default:
      return undefined
  }
}

/** Whether a rule says who; one that does not is still being filled in. */
export function isCompleteRule(rule: AssigneeRule): boolean {
  switch (rule.kind) {
    case 'person':
      return rule.login !== ''
    case 'role':
    case 'department':
      return rule.code !== ''
    case 'fieldPerson':
      return rule.field !== ''
    case 'plugin':
      return rule.rule !== ''
    case 'expression':
      return rule.script.trim() !== ''
    case 'superior':
    case 'departmentHead':
    case 'initiator':
      return true
  }
}

/** Writes the complete rules into a container of this type, such as `kapok:Assignees`; nothing when there are none. */
export function writeRules(factory: Factory, type: string, rules: readonly AssigneeRule[]): ModdleElement | undefined {
  const complete = rules.filter(isCompleteRule)
  if (complete.length === 0) return undefined
  return make(factory, type, { rules: complete.map((rule) => writeRule(factory, rule)) })
}

function writeRule(factory: Factory, rule: AssigneeRule): ModdleElement {
  switch (rule.kind) {
    case 'person':
      return make(factory, 'kapok:Person', { login: rule.login })
    case 'role':
      return make(factory, 'kapok:Role', { code: rule.code })
    case 'department':
      return make(factory, 'kapok:Department', { code: rule.code })
    case 'departmentHead':
      return make(factory, 'kapok:DepartmentHead')
    case 'superior':
      return make(factory, 'kapok:Superior', { level: rule.level })
    case 'initiator':
      return make(factory, 'kapok:Initiator')
    case 'fieldPerson':
      return make(factory, 'kapok:FieldPerson', { field: rule.field })
    case 'plugin':
      return make(factory, 'kapok:Plugin', { rule: rule.rule, inputs: writeInputs(factory, rule.inputs) })
    case 'expression':
      return make(factory, 'kapok:Expression', { language: 'rhai', body: rule.script })
  }
}
