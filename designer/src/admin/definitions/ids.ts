/** Names that people never see. Randomness is an argument, so that tests can fix it. */

/** A number from 0 up to, not including, 1. */
export type Random = () => number

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** The administrator's own things have this in front, as a plugin's have its name. */
export const OWN = 'own'

function tail(random: Random, length: number): string {
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
}

/** Latin letters and digits of a label, to make an id readable where it can be. */
function stem(label: string, fallback: string, separator: string): string {
  const words = label.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const joined = words.join(separator).slice(0, 24)
  return /^[a-z]/.test(joined) ? joined : fallback
}

/**
 * A name that was never taken: one that a deleted field had must not come back with another meaning, so it is not
 * simply counted on.
 */
export function newName(label: string, fallback: string, taken: Iterable<string>, random: Random, separator = '_'): string {
  const known = new Set(taken)
  for (;;) {
    const name = `${stem(label, fallback, separator)}${separator}${tail(random, 4)}`
    if (!known.has(name)) return name
  }
}

/** `own.contract-k3f8`: an entity, dictionary or total of the administrator. */
export function newQualifiedName(label: string, fallback: string, taken: Iterable<string>, random: Random): string {
  const known = new Set(taken)
  for (;;) {
    const name = `${OWN}.${newName(label, fallback, [], random, '-')}`
    if (!known.has(name)) return name
  }
}

export function isOwn(id: string): boolean {
  return id.startsWith(`${OWN}.`)
}

/** Roles have no dot in their codes. */
export function newRoleCode(label: string, taken: Iterable<string>, random: Random): string {
  const known = new Set(taken)
  for (;;) {
    const code = `${OWN}-${newName(label, 'role', [], random, '-')}`
    if (!known.has(code)) return code
  }
}

export function isOwnRole(code: string): boolean {
  return code.startsWith(`${OWN}-`)
}
