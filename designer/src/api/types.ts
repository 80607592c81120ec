/** The shapes of the HTTP API `/api/v1`, named as in its OpenAPI document. */

import type { Decimal } from './decimal'

export type Id = string
/** RFC 3339, UTC. */
export type Instant = string
export type Language = 'zh-CN' | 'en'

export interface Text {
  zh: string
  en: string
}

/** A JSON value. A number that a float cannot hold exactly is a {@link Decimal}. */
export type Json = null | boolean | number | string | Decimal | Json[] | { [key: string]: Json }
export type Values = Record<string, Json>

export interface List<Item> {
  items: Item[]
  next: string | null
  /** At most 1000: beyond that the server stops counting. */
  count?: number
  /** There may be more than were counted. */
  partial?: boolean
}

export interface PersonRef {
  id: Id
  name: string
}

// Session

export interface Me {
  id: Id
  login: string
  name: string
  language: Language
  roles: string[]
  administrator: boolean
  unread: Unread
  demo: boolean
}

export interface Unread {
  tasks: number
  pages: number
}

export interface DemoPerson {
  login: string
  name: string
  role_label: string
  password: string
}

/** Another system in which people sign in, or from which the organisation is taken. */
export interface SignInSource {
  id: string
  label: Text
}

/** Another system in which a person can sign in. */
export interface Connection {
  source: SignInSource
  /** Who they are there, when they are connected. */
  external?: string
  since?: Instant
}

export interface Person extends PersonRef {
  login: string
  department: string | null
}

// Fields and forms

export type FieldType =
  | 'text'
  | 'long-text'
  | 'rich-text'
  | 'number'
  | 'decimal'
  | 'money'
  | 'date'
  | 'time'
  | 'date-time'
  | 'boolean'
  | 'choice'
  | 'tree-choice'
  | 'person'
  | 'department'
  | 'reference'
  | 'attachment'
  | 'picture'
  | 'phone'
  | 'email'
  | 'address'
  | 'auto-number'
  | 'formula'
  | 'roll-up'
  | 'lines'

export interface Choice {
  id: string
  label: Text
  /** The entry above, in a tree. */
  parent?: string | null
  /** No longer to be chosen; records that have it keep it. */
  disabled?: boolean
}

export interface Field {
  id: string
  label: Text
  type: FieldType
  required: boolean
  read_only: boolean
  /** The entity a reference points to. */
  entity?: string
  choices?: Choice[]
  /** The columns of `lines`. */
  columns?: Field[]
  currency?: string
  /** What a new record or line begins with. */
  default?: Json
  /** Several persons, departments, references or choices. */
  multiple?: boolean
  dictionary?: string
  /** Digits after the point. */
  scale?: number
  min?: Json
  max?: Json
  max_length?: number
  /** Of attachments and pictures: the most of them, and the most bytes of one. */
  max_files?: number
  max_size?: number
  section?: string
  /** What whoever fills it in is told about it. */
  help?: Text
  /** The type of what a formula or roll-up comes to. */
  result?: FieldType
  /** What the step, or the role of the signed-in person, allows. Of a masked field only a part is shown. */
  access?: Access | 'masked'
}

export type Access = 'hidden' | 'read' | 'edit' | 'required'
export type FormField = Field

// Processes

export interface StartableProcess {
  key: string
  name: string
  definition: Id
  form: FormField[]
  /** The entity a case of this process is about. */
  subject: string | null
}

export interface Definition {
  id: Id
  key: string
  name: string
  version: number
  deployed_at: Instant
  deployed_by: PersonRef | null
  active_instances: number
}

export interface Diagnostic {
  rule: string
  severity: 'error' | 'warning'
  element: string | null
  line: number | null
  message: Text
}

export interface Deployed {
  id: Id
  key: string
  version: number
  grants: Grants
  diagnostics: Diagnostic[]
  others?: { id: Id; key: string; version: number; grants: Grants }[]
}

/** One thing that a process does with records. */
export interface ConfirmedGrant {
  entity: string
  action: 'read' | 'create' | 'update' | 'delete'
  /** For reading and changing: the fields; `*` stands for all. */
  fields?: string[]
}

export interface Grant extends ConfirmedGrant {
  text: Text
  /** The steps that need it. */
  because: { code: string; name: string }[]
  /** Whether the version before did not have it. */
  new: boolean
  confirmed: boolean
}

/** What a process asks for, and what was confirmed. */
export interface Grants {
  process: string
  needed: Grant[]
  others?: Grant[]
  confirmed_by: PersonRef | null
  confirmed_at: Instant | null
}

export interface Catalogue {
  handlers: Offer[]
  /** The rules by which plugins say who gets a task. */
  assignee_rules: Offer[]
  roles: { code: string; name: string }[]
  departments: { code: string; name: string }[]
  entities: {
    id: string
    label: Text
    fields: { path: string; label: Text; type: FieldType; choices?: Choice[] }[]
  }[]
}

/** What came of a drawn request that was tried. */
export interface RequestTrial {
  method: string
  /** With its values in it. */
  url: string
  status: number
  headers: { name: string; value: string }[]
  /** Cut to 64 KiB. */
  body: string
  cut: boolean
  /** Whether the step would be done, end in an error that the drawing can catch, or be tried again. */
  verdict: 'success' | 'error' | 'refused'
  /** The code of the error. */
  error: string | null
  outputs: { variable: string; value: Json; problem: Text | null }[]
}

// Cases

export interface ProcessRef {
  key: string
  name: string
}

export type InstanceState = 'active' | 'completed' | 'rejected' | 'cancelled'

export interface InstanceBrief {
  id: Id
  title: string
  process: ProcessRef & { version: number }
  state: InstanceState
  started_at: Instant
  ended_at: Instant | null
  initiator: PersonRef | null
  waiting: { element: string; name: string; for: string[] }[]
}

export interface ElementInstance {
  id: Id
  /** The id in the BPMN file. */
  element: string
  name: string
  type: string
  state: 'active' | 'completed' | 'cancelled'
  entered_at: Instant
  left_at: Instant | null
  causes: Id[]
}

export interface Incident {
  id: Id
  element: string
  name: string
  at: Instant
  text: Text
  /** Only in the administrator's list. */
  instance?: Id
  title?: string
}

export interface HistoryEntry {
  at: Instant
  kind: string
  element: string | null
  name: string | null
  actor: PersonRef | null
  person?: PersonRef | null
  from?: PersonRef | null
  to?: PersonRef | null
  channels?: string[]
  decision?: Decision | null
  comment?: string | null
  text?: Text | string | null
}

/** What a case waits for besides people and time. */
export interface Awaited {
  element: string
  name: string
  kind: 'message' | 'signal' | 'condition' | 'case'
  /** The name of the message or signal. */
  text?: string
  /** The case that was called. */
  instance?: Id
}

export interface Instance extends InstanceBrief {
  definition: Id
  record: { entity: string; id: Id; title: string } | null
  elements: ElementInstance[]
  /** Ids in the BPMN file of the sequence flows taken. */
  flows: string[]
  tasks: TaskBrief[]
  incidents: Incident[]
  timers: { element: string; due: Instant }[]
  awaited: Awaited[]
  history: HistoryEntry[]
}

// Tasks

export type Decision = 'approve' | 'reject'

export interface TaskBrief {
  id: Id
  instance: Id
  /** Of the case. */
  title: string
  /** Of the step. */
  name: string
  element: string
  process: ProcessRef
  kind: 'approval' | 'work'
  assignee: PersonRef | null
  candidates: string[]
  claimable: boolean
  initiator: PersonRef | null
  created_at: Instant
  due_at: Instant | null
  overdue: boolean
  reminders: number
  escalated_from: PersonRef | null
  state: 'open' | 'completed' | 'cancelled'
  decision: Decision | null
  comment: string | null
  ended_at: Instant | null
  completed_by: PersonRef | null
}

export interface TaskForm {
  source: 'record' | 'variables'
  record: { entity: string; id: Id; version: number } | null
  fields: FormField[]
  values: Values
  /** Readable text of references and persons, by field id. */
  display: Record<string, string>
}

export interface Task extends TaskBrief {
  reason_required: boolean
  form: TaskForm
  history: HistoryEntry[]
}

export interface Completion {
  decision?: Decision
  comment?: string
  variables: Values
  record?: { version: number; fields: Values }
}

// Pages

export interface Page {
  id: Id
  kind: 'page' | 'prompt' | 'notice'
  text: Text
  at: Instant
  read_at: Instant | null
  task: Id | null
  instance: Id | null
}

// Records

export interface EntityBrief {
  id: string
  label: Text
  plugin: string
  may: { create: boolean; read: boolean }
}

export interface EntityView {
  id: string
  label: Text
  title_field: string
  fields: Field[]
  /** The fields shown in a list. */
  list: string[]
  sections: { label: Text; fields: string[] }[]
  may: EntityRights
  /** The field whose record hands reading down. */
  parent?: { field: string; entity: string } | null
  views?: SavedView[]
  related?: RelatedList[]
  sort?: { field: string; descending: boolean } | null
  /** The fields that allow such a page. */
  /** Whether its records show what happened to them. */
  history?: boolean
  kanban?: string | null
  calendar?: string | null
  tree?: string | null
}

export interface EntityRights {
  create: boolean
  read: boolean
  update: boolean
  delete: boolean
  share?: boolean
  transfer?: boolean
  import?: boolean
  export?: boolean
}

export type ViewKind = 'list' | 'kanban' | 'calendar' | 'tree'

export interface SavedView {
  id: string
  label: Text
  kind: ViewKind
  filter?: Json
  columns?: string[]
  sort?: { field: string; descending: boolean } | null
  field?: string | null
  end_field?: string | null
  scope: 'shipped' | 'company' | 'mine'
}

export interface RelatedList {
  id: string
  label: Text
  entity: string
  /** The field of that entity that points here. */
  field: string
  /** A tree is made by the field that its entity says. */
  kind?: 'list' | 'tree'
  columns: string[]
}

export interface RecordRow {
  id: Id
  version: number
  owner: PersonRef | null
  created_at: Instant
  updated_at: Instant
  fields: Values
  /** Readable text of references and persons, by field id. */
  display: Record<string, string>
  title: string
  may?: { update: boolean; delete: boolean; share: boolean; transfer: boolean }
  created_by?: PersonRef | null
  /** The fields of which only a part is shown. */
  masked?: string[]
  parent?: { entity: string; id: Id } | null
  /** Of a deleted record. */
  trash?: { deleted_at: Instant; deleted_by: PersonRef | null; restorable: boolean }
}

// Administration

export interface OutboxMessage {
  id: Id
  kind: 'mail' | 'sms'
  to: PersonRef
  /** Nobody has given one when it is null. */
  address: string | null
  subject?: string | null
  text: string
  created_at: Instant
  attempts: number
  state: 'waiting' | 'leased' | 'sent' | 'failed' | 'unknown'
  reason: Text | null
  receipt: string | null
  sent_at: Instant | null
  instance: Id | null
}

export interface Outbox extends List<OutboxMessage> {
  mail: { configured: boolean }
  sms: { configured: boolean }
}

export interface Plugin {
  id: string
  version: string
  label: Text
  state: 'on' | 'off' | 'failed'
  reason?: Text | null
  handlers: string[]
  channels: string[]
  offers: {
    kind: 'before-save' | 'after-save' | 'action' | 'handler' | 'assignee-rule' | 'report' | 'schedule' | 'channel' | 'identity-source'
    name: string
    label: Text
  }[]
  /** What it may do. */
  granted: Capabilities
  /** What people call what it may use: entities, and fields as `entity.field`. */
  names: Record<string, Text>
  /** Whether it was installed here, rather than coming with the program. */
  installed: boolean
  settings: PluginSetting[]
}

/** Something that the administrator sets for a plugin. */
export interface PluginSetting {
  name: string
  label: Text
  /** Secrets and maps stand in the configuration file. */
  kind: 'text' | 'number' | 'secret' | 'map'
  required: boolean
  min?: number
  max?: number
  value?: string
  is_set: boolean
}

/** What a plugin may do, or asks for. */
export interface Capabilities {
  records: Record<string, { actions: ('read' | 'create' | 'update' | 'delete' | 'transfer')[]; fields: string[] | null }>
  processes: { start: string[]; messages: string[]; signals: string[]; tasks: boolean }
  messages: ('page' | 'notice' | 'mail' | 'sms')[]
  http: boolean
}

/** What installing a plugin would do. */
export interface PluginPlan {
  plugin: Plugin
  /** The version that is there now. */
  from: string | null
  capabilities: Capabilities
  changes: { text: Text; destructive: boolean }[]
  errors: Text[]
  migrates: boolean
  workflows: string[]
}

/** A call of a plugin that is still to be made. */
export interface PluginWork {
  id: string
  plugin: string
  call: string
  attempts: number
  /** When it is made next; null when it waits for a person. */
  next: string | null
  problem: Text | null
}

/** Something that a plugin offers: an action on a record, a report, work, or a rule that says who. */
export interface Offer {
  name: string
  label: Text
  inputs: OfferInput[]
}

export interface OfferInput {
  name: string
  label: Text
  kind: OfferKind
  /** Of a record. */
  entity?: string
  required: boolean
}

export type OfferKind = 'text' | 'number' | 'boolean' | 'date' | 'record'

/** The rows of a report, of what whoever asks may see. */
export interface ReportTable {
  columns: ReportColumn[]
  rows: Json[][]
}

export interface ReportColumn {
  name: string
  label: Text
  kind: OfferKind
}

/** A figure over all records, for a role that need not see any of them. */
export interface Total {
  id: string
  label: Text
  /** When it is money. */
  currency?: string
  /** The shortest period it can be asked for; only the whole when there is none. */
  finest?: 'year' | 'quarter' | 'month'
}

export interface TotalValue extends Total {
  /** `2026`, `2026-Q3`, `2026-11`; everything when there is none. */
  period?: string
  value: string
}

/** A topic of outside workers. */
export interface Topic {
  topic: string
  /** Counted to 10,000. */
  waiting: number
  /** Since when the one waits that came first. */
  oldest: Instant | null
  locked: number
  /** Whether a plugin does them. */
  plugin: boolean
  /** Since the program was started. */
  asked_at: Instant | null
  asked_by: string | null
}

/** How the server does, in numbers. */
export interface SystemView {
  health: 'writable' | 'read-only' | 'failed'
  /** Why it is not writable. */
  reason: Text | null
  commits: number
  /** Commands that wait to be saved. */
  queue: number
  /** Since the server was started, as are those that ended. */
  cases_started: number
  cases_finished: number
  /** Counted up to 10,000. */
  overdue_timers: number
  /** Those that wait are counted up to 10,000; the others among the newest 5,000. */
  outbox: Record<OutboxMessage['state'], number>
  /** Null when the data is kept in memory. */
  disk: SystemDisk | null
  /** Null when none are set up. */
  backup: SystemBackup | null
}

/** In bytes. */
export interface SystemDisk {
  journal: number
  snapshots: number
  state: number
  /** The search index; not every server says so. */
  index?: number
  free: number
  /** Null when it cannot be said. */
  days_left: number | null
  /** Up to which commit the newest snapshot goes; not every server says so. */
  newest_snapshot?: number | null
  /** Why the last attempt to make one failed; not every server says so. */
  snapshot_problem?: Text | null
}

export interface SystemBackup {
  last: Instant | null
  folder: string | null
  next: Instant | null
  failed_at: Instant | null
  reason: Text | null
}

// Stream

export type HintKind = 'task' | 'page' | 'instance' | 'record' | 'definition' | 'outbox'

export interface Hint {
  kind: HintKind
  id: Id
  seq: number
}

// Errors

export interface FieldProblem {
  /** A path: `lines.0.quantity`. */
  field: string
  code: string
  text: Text
}

export interface Problem {
  title: string
  status: number
  code: string
  detail: Text
  fields: FieldProblem[]
  diagnostics: Diagnostic[]
  /** Fields that somebody else changed meanwhile. */
  conflicts?: FieldConflict[]
  /** Records that look like the one being saved. */
  duplicates?: { id?: Id | null; title: string }[]
  /** Whether it may be saved all the same. */
  may_ignore?: boolean
}

export interface FieldConflict {
  field: string
  mine: Json
  theirs: Json
  base: Json
}
