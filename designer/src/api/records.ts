/** What the server knows about one record besides its fields, and what can be done with it. */
import { api, newIdempotencyKey, type Query } from './client'
import type { Id, Instant, Json, List, PersonRef, RecordRow, Text, Values } from './types'

export const recordsPath = (entity: string): string => `/records/${encodeURIComponent(entity)}`
export const recordPath = (entity: string, id: Id): string => `${recordsPath(entity)}/${id}`

/** One save of a record. */
export interface RecordChange {
  at: Instant
  /** Nobody: the system itself. */
  actor: PersonRef | null
  cause: ChangeCause | null
  changes: FieldChange[]
}

/** Through what a change came, when it was not made by hand. */
export interface ChangeCause {
  kind: string
  text?: Text | null
  instance?: Id | null
}

export interface FieldChange {
  field: string
  label: Text
  before: Json
  after: Json
  /** Readable texts, when the values point at something. */
  before_text?: string | null
  after_text?: string | null
}

export type ShareTo = { person: Id } | { department: Id } | { role: Id }

export interface Share {
  id: Id
  to: { kind: 'person' | 'department' | 'role'; id: Id; name: string }
  level: 'read' | 'update'
  /** A day; for ever when there is none. */
  until: string | null
  /** What it was given for, such as a step; such a share ends by itself. */
  cause: Text | null
  by: PersonRef | null
}

/** Why somebody sees a record. */
export interface Explanation {
  allowed: boolean
  reasons: { text: Text; grants: string[] }[]
}

export const history = async (entity: string, id: Id, query: Query): Promise<List<RecordChange>> =>
  api.get<List<RecordChange>>(`${recordPath(entity, id)}/history`, { query })

export const shares = async (entity: string, id: Id): Promise<Share[]> =>
  (await api.get<List<Share>>(`${recordPath(entity, id)}/shares`)).items

export const addShare = async (entity: string, id: Id, share: { to: ShareTo; level: Share['level']; until?: string }): Promise<void> => {
  await api.post(`${recordPath(entity, id)}/shares`, { body: share })
}

export const removeShare = (entity: string, id: Id, share: Id): Promise<void> =>
  api.delete(`${recordPath(entity, id)}/shares/${share}`)

export const explain = (entity: string, id: Id, as?: Id): Promise<Explanation> =>
  api.get<Explanation>(`${recordPath(entity, id)}/access`, { query: { as } })

export const transfer = async (entity: string, id: Id, to: Id): Promise<void> => {
  await api.post(`${recordPath(entity, id)}/transfer`, { body: { to } })
}

export const restore = async (entity: string, id: Id): Promise<void> => {
  await api.post(`${recordPath(entity, id)}/restore`)
}

export const merge = (entity: string, keep: Id, others: Id[], fields: Values): Promise<RecordRow> =>
  api.post<RecordRow>(`${recordsPath(entity)}/merge`, { body: { keep, others, fields }, idempotencyKey: newIdempotencyKey() })

export const star = (entity: string, id: Id, on: boolean): Promise<void> =>
  on ? api.put(`/stars/${encodeURIComponent(entity)}/${id}`) : api.delete(`/stars/${encodeURIComponent(entity)}/${id}`)
