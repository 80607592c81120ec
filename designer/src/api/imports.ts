/** Records from files, and into files. */
import { api, base, newIdempotencyKey, type Query } from './client'
import { recordsPath } from './records'
import type { Id, Instant, List, PersonRef, Text } from './types'

export type ImportState = 'draft' | 'checking' | 'checked' | 'running' | 'done' | 'stopped' | 'undoing' | 'undone'

export interface ImportSettings {
  /** For each column the field that it holds, `owner`, or nothing. */
  columns: (string | null)[]
  mode: 'create' | 'update' | 'both'
  key?: string | null
  duplicates: 'skip' | 'refuse' | 'create'
  owner?: Id | null
  clear_empty: boolean
  start_processes: boolean
}

export interface ImportCounts {
  seen: number
  created: number
  updated: number
  unchanged: number
  skipped: number
  failed: number
  undone: number
  kept: number
}

export interface RecordImport {
  id: Id
  entity: string
  name: string
  asked_by: PersonRef
  asked_at: Instant
  state: ImportState
  rows: number
  headings: string[]
  options: ImportSettings | null
  counts: ImportCounts
  reason: Text | null
  /** Some of the records that an undoing left as they are. */
  kept: { id: Id; text: Text }[]
  own: boolean
}

export interface ImportColumns {
  import: RecordImport
  suggestion: (string | null)[]
  /** The fields by which rows can find records that are there. */
  keys: string[]
  sample: { row: number; cells: string[] }[]
}

export interface PreviewRow {
  row: number
  outcome: 'create' | 'update' | 'unchanged' | 'skip' | 'fail'
  values: Record<string, string>
  reasons: { field: string | null; text: Text }[]
}

export interface FailureReason {
  field: string | null
  text: Text
  count: number
  /** The first rows of these. */
  rows: number[]
}

/** Whether the server is at work on it. */
export const isAtWork = ({ state }: RecordImport): boolean => ['checking', 'running', 'undoing'].includes(state)

const path = (id: Id): string => `/imports/${id}`

export const beginImport = (entity: string, file: string, name: string): Promise<ImportColumns> =>
  api.post<ImportColumns>(`${recordsPath(entity)}/imports`, { body: { file, name }, idempotencyKey: newIdempotencyKey() })

export const recordImport = (id: Id, signal?: AbortSignal): Promise<RecordImport> =>
  api.get<RecordImport>(path(id), signal ? { signal } : {})

export const importColumns = (id: Id): Promise<ImportColumns> => api.get<ImportColumns>(`${path(id)}/columns`)

export const previewImport = async (id: Id, settings: ImportSettings): Promise<PreviewRow[]> =>
  (await api.post<List<PreviewRow>>(`${path(id)}/preview`, { body: settings })).items

/** Why rows could not be taken, what concerns most of them first. */
export const failureReasons = (id: Id): Promise<List<FailureReason>> => api.get<List<FailureReason>>(`${path(id)}/reasons`)

export const checkImport = (id: Id, settings: ImportSettings): Promise<RecordImport> =>
  api.post<RecordImport>(`${path(id)}/check`, { body: settings })

export const runImport = (id: Id, settings: ImportSettings): Promise<RecordImport> =>
  api.post<RecordImport>(`${path(id)}/run`, { body: settings })

export const cancelImport = (id: Id): Promise<RecordImport> => api.post<RecordImport>(`${path(id)}/cancel`)
export const undoImport = (id: Id): Promise<RecordImport> => api.post<RecordImport>(`${path(id)}/undo`)

export type SheetFormat = 'csv' | 'xlsx'

/** Where the rows that failed are found, as a file. */
export const failuresAddress = (id: Id, format: SheetFormat): string => `${base}${path(id)}/failures?format=${format}`

/** Where the records of a list are found, as a file. */
export function exportAddress(entity: string, query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  }
  return `${base}${recordsPath(entity)}/export?${parameters.toString()}`
}
