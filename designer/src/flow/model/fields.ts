/** The fields that a process can speak of: those of its record, of its form, and what its steps compute. */
import type { Catalogue, Choice, FieldType, Text } from '@/api/types'
import { readCall } from './calls'
import { extension } from './extensions'
import { foreignAttribute } from './foreign'
import { isVariableName } from './ids'
import { readLoop } from './loops'
import { children, isOf, text, type ModdleElement } from './moddle'
import { readProcess, type FormField } from './process'

/** A field that can be chosen. */
export interface FieldOption {
  /** As written in the form or record: `total`, `lines.discount`. */
  path: string
  label: string
  type: FieldType
  choices: { id: string; label: string }[]
  /** The entries of a tree; `choices` is empty then. */
  tree?: readonly Choice[]
  /** Of a reference; persons, departments and records can then be chosen by name. */
  entity?: string
  multiple?: boolean
}

/** What a process can speak of. */
export interface FieldScope {
  /** The entity the process is about; absent for a process with its own form. */
  entity?: string
  /** The fields of the form or record. */
  fields: FieldOption[]
  /** The same and the computed variables, under the names that conditions and expressions use. */
  values: FieldOption[]
}

/** Reads what a process can speak of. */
export function fieldScope(process: ModdleElement, catalogue: Catalogue, say: (text: Text) => string): FieldScope {
  const { subject, form } = readProcess(process)
  const variables = computed(process).map(
    (path): FieldOption => ({ path, label: path, type: 'text', choices: [] }),
  )
  if (!subject) {
    const fields = formOptions(form)
    return { fields, values: [...fields.filter(isComparable), ...variables] }
  }
  const fields = entityOptions(catalogue, subject.entity, say)
  const values = fields.filter(isComparable).map((field) => ({ ...field, path: `record.${field.path}` }))
  return { entity: subject.entity, fields, values: [...values, ...variables] }
}

/** The fields of an entity. */
export function entityOptions(catalogue: Catalogue, entity: string, say: (text: Text) => string): FieldOption[] {
  const found = catalogue.entities.find((one) => one.id === entity)
  return (found?.fields ?? []).map((field) => ({
    path: field.path,
    label: say(field.label),
    type: field.type,
    choices: (field.choices ?? []).map((choice) => ({ id: choice.id, label: say(choice.label) })),
  }))
}

/** Whether a field holds one value, so that a condition can compare it: not lines, nor a column of lines. */
export function isComparable(field: FieldOption): boolean {
  return field.type !== 'lines' && !field.path.startsWith('lines.') && !field.path.includes('.')
}

function formOptions(form: readonly FormField[], prefix = '', parent = ''): FieldOption[] {
  return form.flatMap((field) => [
    {
      path: prefix + field.id,
      label: parent + field.label,
      type: field.type,
      choices: field.choices.map((choice) => ({ id: choice, label: choice })),
    },
    ...formOptions(field.columns, `${prefix}${field.id}.`, `${parent}${field.label} · `),
  ])
}

/** The variables that steps write, that repeated steps go through, and that are drawn as data. */
function computed(scope: ModdleElement): string[] {
  return [...new Set(children(scope, 'flowElements').flatMap(variablesOf))]
}

function variablesOf(element: ModdleElement): string[] {
  const own = [
    text(extension(element, 'kapok:Result'), 'variable') ?? text(extension(element, 'kapok:Handler'), 'result'),
    foreignAttribute(element, 'resultVariable'),
    isOf(element, 'bpmn:DataObjectReference') ? text(element, 'name') : undefined,
    ...loopVariables(element),
    ...calledVariables(element),
  ].filter((name): name is string => name !== undefined && isVariableName(name))
  return isOf(element, 'bpmn:SubProcess') ? [...own, ...computed(element)] : own
}

function loopVariables(element: ModdleElement): string[] {
  const loop = readLoop(element)
  if (loop.kind !== 'each') return []
  const item = loop.over.kind === 'list' ? [loop.over.item] : []
  return [...item, ...(loop.collected ? [loop.collected.list] : [])]
}

function calledVariables(element: ModdleElement): string[] {
  if (!isOf(element, 'bpmn:CallActivity')) return []
  const { outputs } = readCall(element)
  return outputs === 'everything' ? [] : outputs.map(({ target }) => target)
}

/** What a step can be done for each of: the lines of the form or record, and variables. */
export function listOptions({ entity, fields, values }: FieldScope): FieldOption[] {
  const prefix = entity === undefined ? '' : 'record.'
  const lines = fields.filter(({ type, path }) => type === 'lines' && !path.includes('.'))
  const variables = values.filter((field) => field.type === 'text' && field.label === field.path)
  return [...lines.map((field) => ({ ...field, path: prefix + field.path })), ...variables]
}
