/** Which column of a file is which field: pure. */
import type { ImportColumns, ImportSettings } from '@/api/imports'
import type { EntityView, Field } from '@/api/types'

/** Stands for who is responsible for a record. */
export const OWNER = 'owner'

const UNREADABLE = new Set(['attachment', 'picture', 'formula', 'roll-up'])

/** The fields that a column can hold for whoever is signed in; by a number that the system gives, records are only found. */
export function importable(entity: EntityView, keys: readonly string[] = []): Field[] {
  const written = ({ type, read_only: locked, access }: Field) =>
    !locked && !UNREADABLE.has(type) && (access === undefined || access === 'edit' || access === 'required')
  return entity.fields.filter((field) => written(field) || (field.type === 'auto-number' && keys.includes(field.id)))
}

/** What a column can be: a field, or a column of line items. */
export interface Target {
  /** `lines.product` for a column of line items. */
  id: string
  field: Field
  column?: Field
}

export function targets(entity: EntityView, keys: readonly string[]): Target[] {
  const fields = importable(entity, keys)
  const columns = fields.flatMap((field) =>
    (field.columns ?? [])
      .filter(({ type, read_only: locked }) => !locked && !UNREADABLE.has(type))
      .map((column) => ({ id: `${field.id}.${column.id}`, field, column })),
  )
  return [...fields.map((field) => ({ id: field.id, field })), ...columns]
}

/** Whether rows say line items, so that several of them may be one record. */
export function hasLines({ columns }: ImportSettings): boolean {
  return columns.some((name) => name?.includes('.'))
}

/** What is offered at first: the suggestion, or what was chosen before. */
export function firstSettings(entity: EntityView, columns: ImportColumns): ImportSettings {
  const chosen = columns.import.options
  if (chosen) return { ...chosen, columns: columns.import.headings.map((_, index) => chosen.columns[index] ?? null) }
  const known = new Set([...targets(entity, columns.keys).map(({ id }) => id), OWNER])
  const mapped = columns.import.headings.map((_, index) => {
    const field = columns.suggestion[index]
    return field && known.has(field) ? field : null
  })
  const first: ImportSettings = { columns: mapped, mode: 'create', key: null, duplicates: 'refuse', owner: null, clear_empty: false, start_processes: false }
  return withKey(first, columns.keys)
}

/** A field is in one column only: choosing it for another takes it from the first. */
export function mapColumn(settings: ImportSettings, index: number, field: string | null, keys: readonly string[] = []): ImportSettings {
  const columns = settings.columns.map((now, at) => (at === index ? field : now === field ? null : now))
  return withKey({ ...settings, columns }, keys)
}

/** A key that no column holds finds nothing; rows with line items need one to find each other. */
function withKey(settings: ImportSettings, keys: readonly string[]): ImportSettings {
  const key = settings.key && settings.columns.includes(settings.key) ? settings.key : null
  return { ...settings, key: key ?? (hasLines(settings) ? (possibleKeys(settings, keys)[0] ?? null) : null) }
}

/** The keys that the columns allow. */
export function possibleKeys(settings: ImportSettings, keys: readonly string[]): string[] {
  return keys.filter((key) => settings.columns.includes(key))
}

/** Another way to treat records that are there: it takes the first key there is. */
export function withMode(settings: ImportSettings, mode: ImportSettings['mode'], keys: readonly string[]): ImportSettings {
  const key = settings.key ?? possibleKeys(settings, keys)[0] ?? null
  return { ...settings, mode, key: mode === 'create' && !hasLines(settings) ? settings.key : key }
}

/** The required fields of a new record, and columns of a new line, that no column of the file holds. */
export function missing(entity: EntityView, settings: ImportSettings): Target[] {
  const says = (lines: string) => settings.columns.some((name) => name?.startsWith(`${lines}.`))
  const lacks = ({ required, default: first }: Field) => required && (first === undefined || first === null)
  return targets(entity, []).filter(({ id, field, column }) => {
    if (settings.columns.includes(id)) return false
    if (column) return says(field.id) && lacks(column)
    return settings.mode !== 'update' && lacks(field) && !says(field.id)
  })
}

/** Whether the settings can be sent. */
export function isComplete(settings: ImportSettings): boolean {
  const mapped = settings.columns.filter((field) => field !== null && field !== OWNER)
  return mapped.length > 0 && (settings.mode === 'create' || Boolean(settings.key))
}

/** How much of it is done, of one. */
export function part(seen: number, rows: number): number {
  return rows > 0 ? Math.min(1, seen / rows) : 0
}
