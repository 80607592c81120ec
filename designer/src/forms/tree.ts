/** The entries of a tree dictionary, walked level by level. Pure. */
import type { Choice } from '@/api/types'

/** What is found out once of a list of entries, which may be thousands. */
interface Index {
  byId: Map<string, Choice>
  below: Map<string | null, Choice[]>
}

const indexes = new WeakMap<readonly Choice[], Index>()

function indexOf(choices: readonly Choice[]): Index {
  let index = indexes.get(choices)
  if (!index) {
    const byId = new Map(choices.map((choice) => [choice.id, choice]))
    // An entry whose parent is not there stands at the top.
    const below = new Map<string | null, Choice[]>()
    for (const choice of choices) {
      const above = choice.parent && byId.has(choice.parent) ? choice.parent : null
      const siblings = below.get(above)
      if (siblings) siblings.push(choice)
      else below.set(above, [choice])
    }
    index = { byId, below }
    indexes.set(choices, index)
  }
  return index
}

/** Whether every entry's id begins with that of the one above it, as codes of standards do. */
export function isCoded(choices: readonly Choice[]): boolean {
  return choices.every(({ id, parent }) => !parent || id.startsWith(parent)) && choices.some(({ parent }) => parent)
}

/** The entries directly below one, or the topmost ones. */
export function below(choices: readonly Choice[], parent: string | null): Choice[] {
  return indexOf(choices).below.get(parent) ?? []
}

/** From the top down to the entry itself; empty when it is not there. */
export function pathTo(choices: readonly Choice[], id: string): Choice[] {
  const { byId } = indexOf(choices)
  const path: Choice[] = []
  for (let at = byId.get(id); at && !path.includes(at); at = at.parent ? byId.get(at.parent) : undefined) path.unshift(at)
  return path
}

export const hasBelow = (choices: readonly Choice[], id: string): boolean => indexOf(choices).below.has(id)
