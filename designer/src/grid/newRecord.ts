/** A new record that begins with some values, such as what it belongs to: they stand in its address. */
import type { LocationQuery } from 'vue-router'
import type { EntityView, FormField, Values } from '@/api/types'
import { draftsFrom, isComputed, valuesFrom } from '@/forms/draft'

/** The address of a new record that begins with these values; `named` are their readable texts. */
export const newRecord = (entity: string, set: Values, named: Record<string, string> = {}) => ({
  name: 'record-new',
  params: { entity },
  query: { set: JSON.stringify(set), ...(Object.keys(named).length > 0 && { named: JSON.stringify(named) }) },
})

/** The values that came with the address, such as the record a new one belongs to. */
export function preset(query: LocationQuery, view: EntityView): { values: Values; display: Record<string, string> } {
  const values = record(query['set']) as Values
  const known = view.fields.filter(({ id }) => id in values)
  const named = Object.entries(record(query['named'])).map(([id, words]) => [id, String(words)])
  return { values: valuesFrom(known, draftsFrom(known, values)), display: Object.fromEntries(named) as Record<string, string> }
}

/** What is filled in of a new one: what the server fills in by itself has nothing to show before the first save. */
export const fieldsOfNew = (view: EntityView): FormField[] =>
  view.fields.filter((field) => !field.read_only && !isComputed(field) && field.access !== 'masked')

function record(json: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = typeof json === 'string' ? JSON.parse(json) : {}
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
