/** The organisation from another system: looked at, then taken over. */
import { api } from '@/api/client'
import type { Connection, Id, List, PersonRef, SignInSource, Text } from '@/api/types'

export interface SyncCounts {
  created: number
  changed: number
  connected: number
  unchanged: number
  failed: number
}

export interface SyncEntry {
  kind: 'person' | 'department'
  /** The id there. */
  external: string
  name: string
  /** The name here. */
  here?: string
  by?: 'link' | 'login' | 'phone' | 'email' | 'name'
  created: boolean
  changed: Text[]
  problems: Text[]
}

export interface SyncReport {
  /** Stands for what was looked at. */
  plan: string
  departments: SyncCounts
  people: SyncCounts
  items: SyncEntry[]
  more: boolean
  gone: PersonRef[]
}

const of = (source: string) => `/organisation/sources/${encodeURIComponent(source)}`

export const readSources = async () => (await api.get<List<SignInSource>>('/organisation/sources')).items
export const previewSync = (source: string) => api.post<SyncReport>(`${of(source)}/preview`)
export const applySync = (source: string, plan: string) => api.post<SyncReport>(`${of(source)}/apply`, { body: { plan } })

export const readConnections = async (person: Id) => {
  const { items } = await api.get<List<Connection>>(`/people/${person}/connections`)
  return items.filter(({ external }) => external !== undefined)
}
export const endConnection = (person: Id, source: string) =>
  api.delete(`/people/${person}/connections/${encodeURIComponent(source)}`)

/** How many would be saved. */
export const worth = ({ departments, people }: SyncReport) =>
  [departments, people].reduce((sum, { created, changed, connected }) => sum + created + changed + connected, 0)
