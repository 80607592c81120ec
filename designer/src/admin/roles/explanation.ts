/** Why somebody may see a record, as the server tells it. */
import type { Text } from '@/api/types'
import type { Action, FieldAccess } from '../definitions/document'

export interface Explanation {
  read: boolean
  /** What the person may do with it. */
  may: Action[]
  reasons: Text[]
  fields: { name: string; access: FieldAccess }[]
}

interface Answer {
  may?: Partial<Record<Action, boolean>>
  reasons?: (Text | { text: Text })[]
  fields?: { field: string; label?: Text; access: FieldAccess }[]
}

export function readExplanation(answer: unknown): Explanation {
  const { may = {}, reasons = [], fields = [] } = answer as Answer
  return {
    read: may.read ?? reasons.length > 0,
    may: (Object.keys(may) as Action[]).filter((action) => may[action]),
    reasons: reasons.map((reason) => ('text' in reason ? reason.text : reason)),
    fields: fields.map(({ field, label, access }) => ({ name: label?.zh ?? field, access })),
  }
}

/** The record that an address of the app leads to, or that a number means among records of one kind. */
export function recordIn(typed: string, entity: string): { entity: string; id: string } | undefined {
  const address = /\/records\/([^/?#\s]+)\/(\d+)/.exec(typed)
  if (address) return { entity: decodeURIComponent(address[1] ?? ''), id: address[2] ?? '' }
  return /^\d+$/.test(typed.trim()) && entity !== '' ? { entity, id: typed.trim() } : undefined
}
