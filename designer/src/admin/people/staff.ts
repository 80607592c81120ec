/** People, departments, posts and roles: records like any other, and what can be done with people besides. */
import { api, ApiError } from '@/api/client'
import type { PreviewRow } from '@/api/imports'
import type { Id, Json, List, PersonRef, RecordRow, Text, Values } from '@/api/types'
import { newName } from '../definitions/ids'

export interface StaffPerson {
  id: Id
  version: number
  name: string
  login: string
  phone: string
  email: string
  department: Id
  departmentName: string
  superior: Id
  superiorName: string
  posts: Id[]
  roles: Id[]
  active: boolean
}

export interface Department {
  id: Id
  version: number
  code: string
  name: string
  parent: Id
  head: Id
  headName: string
}

export interface Named {
  id: Id
  version: number
  code: string
  name: string
}

/** A post gives its roles to whoever has it. */
export interface Post extends Named {
  roles: Id[]
}

export interface StandIn {
  id: Id
  stand_in: PersonRef
  /** The first and the last day. */
  from: string
  until: string
  ended: boolean
}

const words = (value: Json | undefined) => (typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value))
const list = (value: Json | undefined) => (Array.isArray(value) ? value.map(words) : [])

export function personOf(record: RecordRow): StaffPerson {
  const { id, version, fields, display, title } = record
  return {
    id,
    version,
    name: words(fields['name']) || title,
    login: words(fields['login']),
    phone: words(fields['phone']),
    email: words(fields['email']),
    department: words(fields['department']),
    departmentName: display['department'] ?? '',
    superior: words(fields['superior']),
    superiorName: display['superior'] ?? '',
    posts: list(fields['posts']),
    roles: list(fields['roles']),
    active: fields['active'] !== false,
  }
}

export const departmentOf = ({ id, version, fields, display, title }: RecordRow): Department => ({
  id,
  version,
  code: words(fields['code']),
  name: words(fields['name']) || title,
  parent: words(fields['parent']),
  head: words(fields['head']),
  headName: display['head'] ?? '',
})

export const namedOf = ({ id, version, fields, title }: RecordRow): Named => ({
  id,
  version,
  code: words(fields['code']),
  name: words(fields['name']) || title,
})

/** All of them, page by page: of these there are few. */
async function all(entity: string, signal?: AbortSignal): Promise<RecordRow[]> {
  const records: RecordRow[] = []
  let cursor: string | null = null
  do {
    const page: List<RecordRow> = await api.get(`/records/${entity}`, { query: { limit: 100, cursor }, ...(signal && { signal }) })
    records.push(...page.items)
    cursor = page.next
  } while (cursor)
  return records
}

export interface Company {
  departments: Department[]
  posts: Post[]
  roles: Named[]
}

export async function readCompany(signal?: AbortSignal): Promise<Company> {
  const [departments, posts, roles] = await Promise.all([
    all('system.department', signal),
    all('system.post', signal).catch((cause: unknown) => {
      if (cause instanceof ApiError && cause.status === 404) return []
      throw cause
    }),
    all('system.role', signal),
  ])
  return { departments: departments.map(departmentOf), posts: posts.map((post) => ({ ...namedOf(post), roles: list(post.fields['roles']) })), roles: roles.map(namedOf) }
}

export const readPerson = async (id: Id): Promise<StaffPerson> => personOf(await api.get<RecordRow>(`/records/system.person/${id}`))

/** What is empty is taken away. */
export function asValues(fields: Record<string, Json>): Values {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value === '' ? null : value]))
}

export const create = (entity: string, fields: Record<string, Json>) =>
  api.post<RecordRow>(`/records/${entity}`, {
    body: { fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) },
  })

export const change = (entity: string, { id, version }: { id: Id; version: number }, fields: Record<string, Json>) =>
  api.patch<RecordRow>(`/records/${entity}/${id}`, { body: { version, fields: asValues(fields) } })

export const remove = (entity: string, id: Id) => api.delete(`/records/${entity}/${id}`)

export const setPassword = (person: Id, password: string) => api.post(`/people/${person}/password`, { body: { password } })

export const newCode = (stem: string, taken: readonly { code: string }[]) =>
  newName('', stem, taken.map(({ code }) => code), Math.random, '-')

export const readStandIns = async (person: Id) => (await api.get<List<StandIn>>(`/people/${person}/stand-ins`)).items
export const addStandIn = (person: Id, standIn: { stand_in: Id; from: string; until: string }) =>
  api.post(`/people/${person}/stand-ins`, { body: standIn })
export const removeStandIn = (person: Id, standIn: Id) => api.delete(`/people/${person}/stand-ins/${standIn}`)

/** What somebody leaves behind. Long counts end at 10,000. */
export interface LeavePreview {
  tasks: number
  records: { entity: string; label: Text; count: number }[]
  /** Records that others share with the person. */
  shares: number
  subordinates: PersonRef[]
  departments: string[]
  /** What names the person, and has to be changed by hand. */
  definitions: { kind: 'process' | 'entity' | 'total'; id: string; label: Text }[]
}

export const previewLeave = (person: Id) => api.get<LeavePreview>(`/people/${person}/leave`)

export interface HandedOver {
  tasks: number
  records: number
}

export const leave = (person: Id, to: Id) => api.post<HandedOver>(`/people/${person}/leave`, { body: { hand_over_to: to } })

/** What is done with the rows of a file of people. */
export interface PeopleSettings {
  /** What each column says; what it probably says when nothing was chosen yet. */
  columns?: (string | null)[]
  /** What sign-in names are where no column says it. */
  login?: LoginFrom
  make_missing: boolean
  /** The roles of new people whose row names none. */
  roles: Id[]
}

export type LoginFrom = 'id' | 'name'

export interface ImportReport {
  rows: number
  created: number
  updated: number
  unchanged: number
  failed: { row: number; login: string; field: string | null; text: Text }[]
  columns: { heading: string; target: string | null; samples: string[] }[]
  /** Everything that a column can be. */
  targets: { id: string; label: Text }[]
  login: LoginFrom | null
  /** Those that were not there: made, or to be made. */
  departments: string[]
  posts: string[]
  preview: PreviewRow[]
}

const sheet = (file: File) => ({
  text: file,
  type: file.name.toLowerCase().endsWith('.csv') ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
})

const how = ({ columns, login, make_missing, roles }: PeopleSettings) => ({
  columns: columns?.map((target) => target ?? '').join(','),
  login,
  make_missing,
  roles: roles.join(',') || undefined,
})

export const importPeople = (file: File, settings: PeopleSettings, dryRun: boolean): Promise<ImportReport> =>
  api.post<ImportReport>('/people/import', { raw: sheet(file), query: { dry_run: dryRun, ...how(settings) } })

/** The rows that cannot be taken, with the reasons, as a CSV file. */
export const failingPeople = (file: File, settings: PeopleSettings): Promise<string> =>
  api.post<string>('/people/import/failures', { raw: sheet(file), query: { format: 'csv', ...how(settings) } })
