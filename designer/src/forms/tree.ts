/** The entries of a tree dictionary, walked level by level. Pure. */
import type { Choice } from '@/api/types'

/** The entries directly below one, or the topmost ones; an entry whose parent is not there stands at the top. */
export function below(choices: readonly Choice[], parent: string | null): Choice[] {
  const known = new Set(choices.map(({ id }) => id))
  return choices.filter((choice) => {
    const above = choice.parent && known.has(choice.parent) ? choice.parent : null
    return above === parent
  })
}

/** From the top down to the entry itself; empty when it is not there. */
export function pathTo(choices: readonly Choice[], id: string): Choice[] {
  const byId = new Map(choices.map((choice) => [choice.id, choice]))
  const path: Choice[] = []
  for (let at = byId.get(id); at && !path.includes(at); at = at.parent ? byId.get(at.parent) : undefined) path.unshift(at)
  return path
}

export const hasBelow = (choices: readonly Choice[], id: string): boolean => choices.some(({ parent }) => parent === id)
