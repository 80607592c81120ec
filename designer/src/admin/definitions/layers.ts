/** Two layers: what plugins ship, and on top of it what the administrator changed or added. */
import type { Definitions, EntityDocument, ExtensionDocument, Keyed, Kind } from './document'
import { KINDS } from './document'

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
