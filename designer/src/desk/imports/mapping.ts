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

/** What is offered at first: the suggestion, or what was chosen before. */
export function firstSettings(entity: EntityView, columns: ImportColumns): ImportSettings {
  const chosen = columns.import.options
  if (chosen) return { ...chosen, columns: columns.import.headings.map((_, index) => chosen.columns[index] ?? null) }
  const known = new Set([...importable(entity, columns.keys).map(({ id }) => id), OWNER])
  const mapped = columns.import.headings.map((_, index) => {
    const field = columns.suggestion[index]
    return field && known.has(field) ? field : null
  })
  return { columns: mapped, mode: 'create', key: null, duplicates: 'refuse', owner: null, clear_empty: false, start_processes: false }
}

/** A field is in one column only: choosing it for another takes it from the first. */
export function mapColumn(settings: ImportSettings, index: number, field: string | null): ImportSettings {
  const columns = settings.columns.map((now, at) => (at === index ? field : now === field ? null : now))
  return withKey({ ...settings, columns }, settings.key ?? null)
}

/** A key that no column holds finds nothing. */
function withKey(settings: ImportSettings, key: string | null): ImportSettings {
  return { ...settings, key: key && settings.columns.includes(key) ? key : null }
}

/** The keys that the columns allow. */
export function possibleKeys(settings: ImportSettings, keys: readonly string[]): string[] {
  return keys.filter((key) => settings.columns.includes(key))
}

/** Another way to treat records that are there: it takes the first key there is. */
export function withMode(settings: ImportSettings, mode: ImportSettings['mode'], keys: readonly string[]): ImportSettings {
  const key = settings.key ?? possibleKeys(settings, keys)[0] ?? null
  return { ...settings, mode, key: mode === 'create' ? settings.key : key }
}

/** The required fields of a new record that no column holds. */
export function missing(entity: EntityView, settings: ImportSettings): Field[] {
  if (settings.mode === 'update') return []
  return importable(entity).filter(
    ({ id, required, default: first }) => required && (first === undefined || first === null) && !settings.columns.includes(id),
  )
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
