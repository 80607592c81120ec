/** What the server knows about one record besides its fields, and what can be done with it. */
import { api, newIdempotencyKey } from './client'
import type { Id, Instant, Json, List, PersonRef, RecordRow, Text, Values } from './types'

export const recordsPath = (entity: string): string => `/records/${encodeURIComponent(entity)}`
export const recordPath = (entity: string, id: Id): string => `${recordsPath(entity)}/${id}`

export const EVENTS = ['saved', 'deleted', 'restored', 'transferred', 'merged', 'merged-into', 'followed', 'connected', 'disconnected'] as const

/** Something that happened to a record. */
export interface RecordChange {
  at: Instant
  /** Nobody when a process or the system did it. */
  actor?: PersonRef | null
  cause: ChangeCause
  event: (typeof EVENTS)[number]
  /** The people or the record that the event names. */
  names: string[]
  changes: FieldChange[]
}

/** Through what it was done. */
export interface ChangeCause {
  kind: 'person' | 'process' | 'system'
  instance?: Id | null
  /** Of that case. */
  title?: string | null
  /** The plugins that had a part in it. */
  plugins: Text[]
}

export interface FieldChange {
  field: string
  label: Text
  before: Json
  after: Json
  /** Readable texts, when the values point at something. */
  before_display?: string | null
  after_display?: string | null
}

export type ShareTo = { person: Id } | { department: Id } | { role: string }

export interface Share {
  id: Id
  /** The id of a role is its code. */
  to: { kind: 'person' | 'department' | 'role'; id: Id; name: string }
  level: 'read' | 'update'
  /** The last day; for ever when there is none. */
  until: string | null
  /** It holds no longer. */
  ended?: boolean
  by: PersonRef | null
  at: Instant
  reason: string
}

export interface NewShare {
  to: ShareTo
  level: Share['level']
  until?: string
  reason?: string
}

export interface AccessReason {
  kind: string
  text: Text
  /** The record through which it is seen. */
  parent?: { entity: string; id: Id } | null
  reasons: AccessReason[]
}

/** What somebody may do with a record, and why; what is not there they may not do. */
export interface Explanation {
  person: PersonRef
  may: { action: string; reasons: AccessReason[] }[]
}

/** Work on many records that goes on by itself. */
export interface RecordJob {
  id: Id
  state: 'running' | 'done' | 'stopped'
  seen: number
  changed: number
  refused: number
  problems: { record: string; text: Text }[]
}

export const shares = async (entity: string, id: Id): Promise<Share[]> =>
  (await api.get<List<Share>>(`${recordPath(entity, id)}/shares`)).items

export const addShare = async (entity: string, id: Id, share: NewShare): Promise<void> => {
  await api.post(`${recordPath(entity, id)}/shares`, { body: share })
}

export const removeShare = (entity: string, id: Id, share: Id): Promise<void> =>
  api.delete(`${recordPath(entity, id)}/shares/${share}`)

export const explain = (entity: string, id: Id, as?: Id): Promise<Explanation> =>
  api.get<Explanation>(`${recordPath(entity, id)}/access`, { query: { as } })

/** Nothing when the caller may no longer see it. */
export const transfer = async (entity: string, id: Id, to: Id): Promise<RecordRow | null> =>
  (await api.post<{ record: RecordRow | null } | undefined>(`${recordPath(entity, id)}/transfer`, { body: { to } }))?.record ?? null

export const transferMany = async (entity: string, filter: Json, to: Id): Promise<Id> =>
  (await api.post<{ job: Id }>('/records/transfer', { body: { entity, filter, to } })).job

export const recordJob = (id: Id): Promise<RecordJob> => api.get<RecordJob>(`/jobs-of-records/${id}`)

export const restore = async (entity: string, id: Id): Promise<void> => {
  await api.post(`${recordPath(entity, id)}/restore`)
}

export const merge = async (entity: string, keep: Id, others: Id[], fields: Values): Promise<void> => {
  await api.post(`${recordsPath(entity)}/merge`, { body: { keep, others, fields }, idempotencyKey: newIdempotencyKey() })
}

/** A record that was marked, or seen lately. */
export interface Shortcut {
  entity: string
  id: Id
  title: string
}

export const stars = async (): Promise<Shortcut[]> => (await api.get<List<Shortcut>>('/stars')).items
export const recent = async (): Promise<Shortcut[]> => (await api.get<List<Shortcut>>('/recent')).items
export const noteSeen = (entity: string, id: Id): Promise<void> => api.post(`${recordPath(entity, id)}/seen`)

export const star = (entity: string, id: Id, on: boolean): Promise<void> =>
  on ? api.put(`${recordPath(entity, id)}/star`) : api.delete(`${recordPath(entity, id)}/star`)
