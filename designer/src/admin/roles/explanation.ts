/** Why somebody may see a record, as the server tells it. */
import type { Text } from '@/api/types'
import type { Action } from '../definitions/document'

export interface Explanation {
  read: boolean
  /** What the person may do with it. */
  may: Action[]
  reasons: Text[]
}

interface Reason {
  text: Text
  /** Why the record above may be seen. */
  reasons?: Reason[]
}

export interface Answer {
  may: { action: Action; reasons: Reason[] }[]
}

export function readExplanation({ may }: Answer): Explanation {
  const read = may.find(({ action }) => action === 'read')
  return { read: read !== undefined, may: may.map(({ action }) => action), reasons: (read?.reasons ?? []).flatMap(unfolded) }
}

function unfolded({ text, reasons = [] }: Reason): Text[] {
  return [text, ...reasons.flatMap(unfolded)]
}

/** The record that an address of the app leads to, or that a number means among records of one kind. */
export function recordIn(typed: string, entity: string): { entity: string; id: string } | undefined {
  const address = /\/records\/([^/?#\s]+)\/(\d+)/.exec(typed)
  if (address) return { entity: decodeURIComponent(address[1] ?? ''), id: address[2] ?? '' }
  return /^\d+$/.test(typed.trim()) && entity !== '' ? { entity, id: typed.trim() } : undefined
}
