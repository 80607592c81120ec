/** Something done with many records at once: each for itself, so that one refusal does not stop the rest. */
import { api } from '@/api/client'
import type { Id, Problem, Text, Values } from '@/api/types'

export type BulkAction = 'update' | 'delete' | 'transfer'

export interface BulkResult {
  id: Id
  ok: boolean
  text?: Text
}

interface Said {
  id: Id
  ok?: boolean
  status?: number
  problem?: Partial<Problem> | null
  error?: Partial<Problem> | null
  text?: Text | null
}

export async function bulk(
  entity: string,
  body: { ids: Id[]; action: BulkAction; fields?: Values; to?: Id },
  idempotencyKey?: string,
): Promise<BulkResult[]> {
  const answer = await api.post<{ items?: Said[]; results?: Said[] } | Said[]>(`/records/${encodeURIComponent(entity)}/bulk`, {
    body,
    ...(idempotencyKey && { idempotencyKey }),
  })
  const said = Array.isArray(answer) ? answer : (answer.items ?? answer.results ?? [])
  return said.map(({ id, ok, status, problem, error, text }) => {
    const fault = problem ?? error
    const words = fault?.fields?.[0]?.text ?? fault?.detail ?? text
    return { id, ok: ok ?? (status === undefined ? !fault : status < 400), ...(words && { text: words }) }
  })
}
