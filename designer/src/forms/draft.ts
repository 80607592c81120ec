/**
 * What a person is filling in, before it is a value: numbers as the text that was typed, line items with a stable key.
 * Pure: values of the API in, values of the API out.
 */
import { decimalText, parseDecimal, placesOf, withPlaces } from '@/api/decimal'
import { writeJson } from '@/api/json'
import type { Access, Field, FieldType, FormField, Json, Values } from '@/api/types'
import { asAddress, asFiles, asMap, isNoAddress, type AddressDraft, type StoredFile } from './parts'
import { localInput } from '@/i18n/format'
import type { MessageKey } from '@/i18n'

export type Draft = string | boolean | string[] | LineDraft[] | StoredFile[] | AddressDraft
export type Drafts = Record<string, Draft>

export interface LineDraft {
  /** Stays with the line while others come and go. */
  key: number
  /** What the line was when it was read, with parts that no column shows. */
  original: Values
  cells: Drafts
}

/** What is wrong, by path: `amount`, `lines.0.quantity`. */
export type Problems = Record<string, string>

/** What a step allows, within what the field itself is: nobody edits what is computed. */
export function accessOf(field: FormField): Access {
  if (field.access === 'hidden') return 'hidden'
  if (field.read_only || isComputed(field) || field.access === 'read' || field.access === 'masked') return 'read'
  return field.required || field.access === 'required' ? 'required' : 'edit'
}

/** What the server fills in by itself. */
export const isComputed = ({ type }: Field): boolean => ['auto-number', 'formula', 'roll-up'].includes(type)

export const isEditable = (field: FormField): boolean => ['edit', 'required'].includes(accessOf(field))

let lastKey = 0

/** A line as it is (`original`), showing those values or others. */
export function newLine(columns: readonly FormField[], original: Values = {}, shown: Values = original): LineDraft {
  return { key: ++lastKey, original, cells: draftsFrom(columns, shown) }
}

/** What a new record or line begins with. */
export function defaultsOf(fields: readonly FormField[]): Values {
  return Object.fromEntries(fields.flatMap((field) => (field.default === undefined ? [] : [[field.id, field.default]])))
}

export function draftsFrom(fields: readonly FormField[], values: Values): Drafts {
  return Object.fromEntries(fields.map((field) => [field.id, draftOf(field, values[field.id] ?? null)]))
}

function draftOf(field: Field, value: Json): Draft {
  switch (field.type) {
    case 'boolean':
      return value === true
    case 'lines':
      return Array.isArray(value) ? value.map((line) => newLine(field.columns ?? [], asMap(line))) : []
    case 'attachment':
    case 'picture':
      return asFiles(value)
    case 'address':
      return asAddress(value)
    case 'number':
    case 'decimal':
      return decimalText(value)
    case 'money':
      return withPlaces(decimalText(value), placesOf(field.currency))
    case 'time':
      return typeof value === 'string' ? value.slice(0, 5) : ''
    case 'date-time':
      return typeof value === 'string' && value ? localInput(value) : ''
    default:
      return field.multiple ? identities(value) : identity(value)
  }
}

/** The ids of several persons, records or choices. */
export function identities(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).map(identity).filter(Boolean)
}

export const isLines = (draft: Draft | undefined): draft is LineDraft[] =>
  Array.isArray(draft) && draft.every((part) => typeof part === 'object' && 'cells' in part)

/** The id of a person or record, whether it came alone or with its name. */
export function identity(value: Json): string {
  if (value === null) return ''
  return identityOfObject(value) ?? String(value)
}

function identityOfObject(value: Json): string | undefined {
  const { id } = asMap(value)
  return typeof id === 'string' ? id : undefined
}

/** The values of the fields that may be edited here. */
export function valuesFrom(fields: readonly FormField[], drafts: Drafts): Values {
  return Object.fromEntries(
    fields.filter(isEditable).map((field) => [field.id, valueOf(field, drafts[field.id] ?? '')]),
  )
}

function valueOf(field: Field, draft: Draft): Json {
  if (field.type === 'lines') {
    if (!isLines(draft)) return []
    return draft.map((line) => ({ ...line.original, ...valuesFrom(field.columns ?? [], line.cells) }))
  }
  if (Array.isArray(draft)) return draft.map((part) => (typeof part === 'string' ? part : { ...part })) as Json[]
  if (typeof draft === 'boolean') return draft
  if (typeof draft === 'object') return isNoAddress(draft) ? null : addressValue(draft)
  const text = draft.trim()
  if (text === '') return null
  switch (field.type) {
    case 'number':
    case 'decimal':
    case 'money':
      return parseDecimal(text) ?? text
    case 'date-time':
      return new Date(text).toISOString()
    default:
      return text
  }
}

function addressValue(draft: AddressDraft): Values {
  return Object.fromEntries(Object.entries(draft).map(([part, words]) => [part, words.trim()]).filter(([, words]) => words))
}

/** Only what differs from what was read: somebody else may be changing the rest. */
export function changedValues(fields: readonly FormField[], before: Values, drafts: Drafts): Values {
  const read = valuesFrom(fields, draftsFrom(fields, before))
  const now = valuesFrom(fields, drafts)
  return Object.fromEntries(Object.entries(now).filter(([id, value]) => writeJson(value) !== writeJson(read[id])))
}

/** What can be told without the server: something missing, or no number. Messages by path. */
export function mistakes(fields: readonly FormField[], drafts: Drafts, path = ''): Record<string, MessageKey> {
  const found: Record<string, MessageKey> = {}
  for (const field of fields.filter(isEditable)) {
    const at = path + field.id
    const draft = drafts[field.id] ?? ''
    if (field.type === 'lines') {
      const lines = isLines(draft) ? draft : []
      if (lines.length === 0 && accessOf(field) === 'required') found[at] = 'forms.mistake.lines'
      const columns = columnsToFill(field)
      lines.forEach((line, index) => Object.assign(found, mistakes(columns, line.cells, `${at}.${index}.`)))
    } else if (typeof draft !== 'boolean') {
      const mistake = mistakeIn(field, draft)
      if (mistake) found[at] = mistake
    }
  }
  return found
}

/** Lines being required says that there must be one, not that each of its cells must be filled. */
function columnsToFill(field: FormField): FormField[] {
  const columns: FormField[] = field.columns ?? []
  return columns.map((column) => (column.access === 'required' ? { ...column, access: 'edit' } : column))
}

function mistakeIn(field: FormField, draft: Exclude<Draft, boolean>): MessageKey | null {
  if (isBlank(draft)) return accessOf(field) === 'required' ? 'forms.mistake.required' : null
  if (!isNumeric(field.type)) return null
  return typeof draft === 'string' && parseDecimal(draft.trim()) ? null : 'forms.mistake.number'
}

function isBlank(draft: Exclude<Draft, boolean>): boolean {
  if (typeof draft === 'string') return draft.trim() === ''
  return Array.isArray(draft) ? draft.length === 0 : isNoAddress(draft)
}

/** Whether a field is typed as a number. */
export const isNumeric = (type: FieldType): boolean => type === 'number' || type === 'decimal' || type === 'money'

/** Lines out of storage get keys that no other line has. */
export function rekeyed(drafts: Drafts): Drafts {
  const entries = Object.entries(drafts).map(([id, draft]): [string, Draft] => [
    id,
    isLines(draft) ? draft.map((line) => ({ ...line, key: ++lastKey })) : draft,
  ])
  return Object.fromEntries(entries)
}

export interface Rebased {
  drafts: Drafts
  /** Fields that were changed here and elsewhere: what stands here is what this person entered. */
  disputed: string[]
}

/** Carries what was entered over `before` onto what the record has become, so that nothing typed is lost. */
export function rebase(fields: readonly FormField[], before: Values, drafts: Drafts, after: Values): Rebased {
  const mine = Object.keys(changedValues(fields, before, drafts))
  const rebased = draftsFrom(fields, after)
  for (const id of mine) rebased[id] = drafts[id] ?? ''
  const disputed = mine.filter((id) => writeJson(before[id] ?? null) !== writeJson(after[id] ?? null))
  return { drafts: rebased, disputed }
}
