/** Signing in through another system: what may go wrong there, as the address of the page says it. */
import type { MessageKey } from '@/i18n'

const problems = [
  'source',
  'no-base-url',
  'expired',
  'refused',
  'unlinked',
  'inactive',
  'throttled',
  'failed',
  'taken',
  'other',
] as const

/** The sentence for what is said in the address; whatever is not known there is a failure too. */
export function elsewhereProblem(said: unknown): MessageKey | undefined {
  if (typeof said !== 'string') return undefined
  const known = problems.find((problem) => problem === said) ?? 'failed'
  return `app.signIn.problems.${known}`
}

/** Where the browser goes to sign in at a source, and to which page it comes back. */
export function signInAddress(source: string, to?: string): string {
  const address = `/api/v1/sign-in/${encodeURIComponent(source)}`
  return to ? `${address}?to=${encodeURIComponent(to)}` : address
}
