/** The entries of a dictionary, flat or as a tree. */
import { inOrder, type Entry, type Keyed } from './document'
import { newName, type Random } from './ids'
import { newLabel } from './labels'
import { lastPos, moved, reordered } from './tables'

export interface EntryRow {
  id: string
  entry: Entry
  depth: number
}

/** In the order in which they are read; what stands below an entry comes right after it. */
export function entryRows(entries: Keyed<Entry>, tree: boolean): EntryRow[] {
  const all = inOrder(entries)
  if (!tree) return all.map(({ id, item }) => ({ id, entry: item, depth: 0 }))
  const rows: EntryRow[] = []
  const seen = new Set<string>()
  const put = (parent: string | undefined, depth: number) => {
    for (const { id, item } of all) {
      const isHere = parent === undefined ? !item.parent || !entries[item.parent] : item.parent === parent
      if (!isHere || seen.has(id)) continue
      seen.add(id)
      rows.push({ id, entry: item, depth })
      put(id, depth + 1)
    }
  }
  put(undefined, 0)
  return rows
}

/** Moved among those that stand at the same place of the tree; one dragged elsewhere goes below what is there. */
export function movedEntry(entries: Keyed<Entry>, tree: boolean, from: number, to: number): Keyed<Entry> {
  const rows = entryRows(entries, tree)
  const [row, target] = [rows[from], rows[to]]
  if (!row || !target) return entries
  if (!tree) return reordered(entries, moved(rows.map(({ id }) => id), from, to))
  if (isBelow(entries, target.id, row.id)) return movedAmongSiblings(entries, rows, row, 1)
  if (row.entry.parent === target.entry.parent) {
    const siblings = rows.filter(({ entry }) => entry.parent === row.entry.parent).map(({ id }) => id)
    return reordered(entries, namesWith(rows, moved(siblings, siblings.indexOf(row.id), siblings.indexOf(target.id))))
  }
  // One step by a key changes places with the sibling there; farther away it becomes the target's sibling.
  if (Math.abs(from - to) === 1) return movedAmongSiblings(entries, rows, row, to - from)
  const entry = { ...row.entry }
  delete entry.parent
  const placed: Keyed<Entry> = { ...entries, [row.id]: target.entry.parent === undefined ? entry : { ...entry, parent: target.entry.parent } }
  const others = rows.map(({ id }) => id).filter((id) => id !== row.id)
  const at = others.indexOf(target.id)
  return reordered(placed, [...others.slice(0, at), row.id, ...others.slice(at)])
}

function movedAmongSiblings(entries: Keyed<Entry>, rows: EntryRow[], row: EntryRow, by: number): Keyed<Entry> {
  const siblings = rows.filter(({ entry }) => entry.parent === row.entry.parent).map(({ id }) => id)
  const at = siblings.indexOf(row.id)
  return reordered(entries, namesWith(rows, moved(siblings, at, at + Math.sign(by))))
}

/** All names, with siblings in their new order at the places siblings had. */
function namesWith(rows: EntryRow[], siblings: readonly string[]): string[] {
  const queue = [...siblings]
  const known = new Set(siblings)
  return rows.map(({ id }) => (known.has(id) ? queue.shift()! : id))
}

function isBelow(entries: Keyed<Entry>, id: string, ancestor: string): boolean {
  const seen = new Set<string>()
  let at: string | undefined = entries[id]?.parent
  while (at !== undefined && !seen.has(at)) {
    if (at === ancestor) return true
    seen.add(at)
    at = entries[at]?.parent
  }
  return false
}

export function withNewEntries(entries: Keyed<Entry>, names: readonly string[], parent: string | undefined, random: Random): Keyed<Entry> {
  const next = { ...entries }
  for (const name of names) {
    if (Object.values(next).some(({ label, parent: at }) => label.zh === name && at === parent)) continue
    const id = newName(name, 'entry', Object.keys(next), random, '-')
    next[id] = { pos: lastPos(next), label: newLabel(name), ...(parent !== undefined && { parent }) }
  }
  return next
}

/** Without an entry and everything below it. */
export function withoutEntry(entries: Keyed<Entry>, id: string): Keyed<Entry> {
  return Object.fromEntries(Object.entries(entries).filter(([other]) => other !== id && !isBelow(entries, other, id)))
}
