/** Changing ordered tables; nothing is changed in place, so that every former state can be gone back to. */
import { inOrder, type Keyed } from './document'

/** A place behind everything that is there. */
export function lastPos(table: Keyed<{ pos: number }> | undefined): number {
  return Math.max(0, ...Object.values(table ?? {}).map(({ pos }) => pos)) + 1
}

/** A table with this entry, or without it when there is none. */
export function withEntry<Item>(table: Keyed<Item> | undefined, id: string, item: Item | undefined): Keyed<Item> {
  const { [id]: _, ...rest } = table ?? {}
  return item === undefined ? rest : { ...table, [id]: item }
}

/**
 * A table in another order. Only as many places change as must: those of a plugin's own entries stay where they can, so
 * that its next version may still order them.
 */
export function reordered<Item extends { pos: number }>(table: Keyed<Item>, names: readonly string[]): Keyed<Item> {
  const places = inOrder(table).map(({ item }) => item.pos)
  const next = { ...table }
  names.forEach((id, index) => {
    const item = table[id]
    const pos = places[index]
    if (item && pos !== undefined && item.pos !== pos) next[id] = { ...item, pos }
  })
  return hasTies(next, names) ? renumbered(next, names) : next
}

function hasTies(table: Keyed<{ pos: number }>, names: readonly string[]): boolean {
  return new Set(names.map((id) => table[id]?.pos)).size < names.length
}

function renumbered<Item extends { pos: number }>(table: Keyed<Item>, names: readonly string[]): Keyed<Item> {
  const next = { ...table }
  names.forEach((id, index) => {
    const item = table[id]
    if (item) next[id] = { ...item, pos: index + 1 }
  })
  return next
}

/** A list with one item elsewhere; the same list when that is nowhere. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const item = items[from]
  if (item === undefined || to < 0 || to >= items.length || from === to) return [...items]
  const rest = items.filter((_, at) => at !== from)
  return [...rest.slice(0, to), item, ...rest.slice(to)]
}
