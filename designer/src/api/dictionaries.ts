/** Dictionaries, each asked for once, and what the signed-in person has offered first. */
import { api } from './client'
import type { Choice, Field, List, Text } from './types'

export interface Dictionary {
  id: string
  label: Text
  tree: boolean
  entries: Choice[]
  /** The person's own favourites, the first first. */
  favourites: string[]
}

const known = new Map<string, Promise<Dictionary>>()
const path = (id: string): string => `/dictionaries/${encodeURIComponent(id)}`

export function dictionary(id: string): Promise<Dictionary> {
  let asked = known.get(id)
  if (!asked) {
    asked = api.get<Dictionary>(path(id))
    asked.catch(() => known.delete(id))
    known.set(id, asked)
  }
  return asked
}

/** The ids of the entries that are found by characters, pinyin or initials. */
export async function findEntries(id: string, typed: string, limit: number): Promise<string[]> {
  const found = await api.get<List<Choice>>(`${path(id)}/entries`, { query: { q: typed, limit } })
  return found.items.map((entry) => entry.id)
}

/** They may have changed, or somebody else has signed in. */
export function forgetDictionaries(): void {
  known.clear()
}

export async function chooseFavourites(id: string, favourites: string[]): Promise<void> {
  await api.put(`${path(id)}/favourites`, { body: { favourites } })
  const asked = known.get(id)
  if (asked) known.set(id, asked.then((found) => ({ ...found, favourites })))
}

/** Fields with the choices of long dictionaries, which are not sent with each field. */
export async function withChoices(fields: readonly Field[]): Promise<Field[]> {
  return Promise.all(
    fields.map(async (field) => {
      const columns = field.columns && (await withChoices(field.columns))
      const choices = field.dictionary && !field.choices ? (await dictionary(field.dictionary)).entries : field.choices
      return { ...field, ...(columns && { columns }), ...(choices && { choices }) }
    }),
  )
}
