/** Carrying a draft over what somebody else saved meanwhile. */
import { KINDS, type Definitions, type Keyed, type Kind } from './document'
import { same } from './layers'

type Tree = { [key: string]: unknown }
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Something both changed, each in another way. */
export interface Conflict {
  kind: Kind
  id: string
  mine: unknown
  theirs: unknown
}

export interface Rebased {
  layer: Definitions
  /** Of these the draft has what was changed here, until somebody chooses. */
  conflicts: Conflict[]
}

export function rebased(before: Definitions, mine: Definitions, theirs: Definitions): Rebased {
  const layer = { ...theirs }
  const conflicts: Conflict[] = []
  for (const kind of KINDS) {
    const [old, own, other] = [before[kind], mine[kind], theirs[kind]] as Keyed<unknown>[]
    const table: Keyed<unknown> = {}
    for (const id of new Set([...Object.keys(own ?? {}), ...Object.keys(other ?? {})])) {
      const result = mix(old?.[id], own?.[id], other?.[id])
      if (result.value !== undefined) table[id] = result.value
      if (result.clash) conflicts.push({ kind, id, mine: own?.[id], theirs: other?.[id] })
    }
    Object.assign(layer, { [kind]: table })
  }
  return { layer, conflicts }
}

/** What both wanted, as far as that goes. */
function mix(old: unknown, mine: unknown, theirs: unknown): { value: unknown; clash: boolean } {
  if (same(mine, theirs) || same(old, theirs)) return { value: mine, clash: false }
  if (same(old, mine)) return { value: theirs, clash: false }
  if (!isTree(mine) || !isTree(theirs)) return { value: mine, clash: true }
  const before = isTree(old) ? old : {}
  const value: Tree = {}
  let clash = false
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const part = mix(before[key], mine[key], theirs[key])
    if (part.value !== undefined) value[key] = part.value
    clash ||= part.clash
  }
  return { value, clash }
}
