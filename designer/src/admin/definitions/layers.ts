/** Two layers: what plugins ship, and on top of it what the administrator changed or added. */
import type { Definitions, EntityDocument, ExtensionDocument, Keyed, Kind } from './document'
import { KINDS } from './document'
import { isOwn, isOwnRole } from './ids'

type Tree = { [key: string]: unknown }

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

export const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b)

/** JSON that does not depend on the order in which keys were written. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isTree(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
}

/** A condition is one thing: it is replaced, never mixed. */
const isWhole = (key: string) => key === 'filter'

/** What lies below, changed by what lies on top. */
export function merged<Below>(below: Below, above: unknown): Below {
  if (!isTree(below) || !isTree(above)) return above as Below
  const result: Tree = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const mixes = key in result && isTree(result[key]) && isTree(value) && !isWhole(key)
    result[key] = mixes ? merged(result[key], value) : value
  }
  return result as Below
}

/** The least that must lie on top of `below` to see `wanted`; `undefined` when nothing must. */
export function difference(below: unknown, wanted: unknown, key = ''): unknown {
  if (!isTree(below) || !isTree(wanted) || isWhole(key)) return same(below, wanted) ? undefined : wanted
  const result: Tree = {}
  for (const [name, value] of Object.entries(wanted)) {
    const part = name in below ? difference(below[name], value, name) : value
    if (part !== undefined) result[name] = part
  }
  // What a plugin ships is not taken away; a column of a list can be left out.
  if (key === 'columns') {
    for (const [name, place] of Object.entries(below)) if (typeof place === 'number' && !(name in wanted)) result[name] = false
  }
  return filled(result)
}

/** An entity as people see it: shipped, changed and added to. */
export function shownEntity(shipped: Definitions, layer: Definitions, id: string): EntityDocument | undefined {
  const below = shipped.entities[id]
  if (!below) return layer.entities[id]
  return merged(merged(below, layer.entities[id] ?? {}), layer.extend[id] ?? {})
}

/** The administrator's layer after an entity was made to look like this; `undefined` takes it out of the layer. */
export function withEntity(shipped: Definitions, layer: Definitions, id: string, wanted: EntityDocument | undefined): Definitions {
  const below = shipped.entities[id]
  if (!below) return { ...layer, entities: put(layer.entities, id, wanted) }
  const changes = wanted && (difference(below, wanted) as ExtensionDocument | undefined)
  return { ...layer, entities: put(layer.entities, id, undefined), extend: put(layer.extend, id, changes) }
}

function filled(tree: Tree): Tree | undefined {
  return Object.keys(tree).length > 0 ? tree : undefined
}

export function put<Item>(table: Keyed<Item>, id: string, item: Item | undefined): Keyed<Item> {
  const { [id]: _, ...rest } = table
  return item === undefined ? rest : { ...table, [id]: item }
}

/** Everything but entities, as people see it. */
export function shown<Name extends Exclude<Kind, 'entities' | 'extend'>>(
  shipped: Definitions,
  layer: Definitions,
  kind: Name,
): Definitions[Name] {
  return merged(shipped[kind], layer[kind])
}

/** One entry of the administrator's layer that differs. */
export interface Change {
  kind: Kind
  id: string
  value: unknown
}

/** What must be sent to get from one layer to another. */
export function changesBetween(from: Definitions, to: Definitions): Change[] {
  return KINDS.flatMap((kind) => {
    const before = from[kind] as Keyed<unknown>
    const after = to[kind] as Keyed<unknown>
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return names
      .filter((id) => !same(before[id], after[id]))
      .map((id) => ({ kind, id, value: after[id] ?? null }))
  })
}

/** A layer with changes put on it. */
export function withChanges(layer: Definitions, changes: readonly Change[]): Definitions {
  let next = layer
  for (const { kind, id, value } of changes) {
    const table = put(next[kind] as Keyed<unknown>, id, value === null ? undefined : value)
    next = { ...next, [kind]: table }
  }
  return next
}

/**
 * What the plugins ship, from what everything looks like together: without what the administrator alone declared. A value
 * that was overwritten cannot be told any more; it stays as it is now, which looks the same.
 */
export function shippedOf(effective: Definitions, layer: Definitions): Definitions {
  const shipped = { ...effective, entities: { ...effective.entities } }
  for (const [id, entity] of Object.entries(effective.entities)) {
    const added = layer.extend[id]
    if (isOwn(id)) delete shipped.entities[id]
    else if (added) shipped.entities[id] = without(entity, added)
  }
  for (const kind of ['dictionaries', 'roles', 'totals'] as const) {
    const own = Object.fromEntries(Object.entries(effective[kind]).filter(([id]) => !isDeclaredBy(layer[kind], id)))
    Object.assign(shipped, { [kind]: own })
  }
  return shipped
}

/** Whether a layer declares a thing by itself, and does not only change somebody else's. */
function isDeclaredBy(table: Keyed<unknown>, id: string): boolean {
  return id in table && (isOwn(id) || isOwnRole(id))
}

/** The tables of an entity whose entries can be added. */
const TABLES = ['fields', 'sections', 'columns', 'unique', 'duplicates', 'views', 'related'] as const

function without(entity: EntityDocument, added: ExtensionDocument): EntityDocument {
  const result = { ...entity } as unknown as Tree
  for (const key of TABLES) {
    const names = Object.entries((added as Tree)[key] ?? {}).flatMap(([name, entry]) => (isWholeEntry(key, entry) ? [name] : []))
    if (names.length === 0 || !isTree(result[key])) continue
    result[key] = Object.fromEntries(Object.entries(result[key]).filter(([name]) => !names.includes(name)))
  }
  return result as unknown as EntityDocument
}

/** Whether an entry was added and does not only change somebody else's: then it says everything that it must. */
function isWholeEntry(key: (typeof TABLES)[number], entry: unknown): boolean {
  if (key === 'columns') return typeof entry === 'number'
  if (!isTree(entry)) return false
  const needs = { fields: ['type', 'label', 'pos'], sections: ['label', 'pos'], unique: ['fields'], duplicates: ['fields'] }
  const keys = key in needs ? needs[key as keyof typeof needs] : ['label', 'pos']
  return keys.every((name) => name in entry)
}
