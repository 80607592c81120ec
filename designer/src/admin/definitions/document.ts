/**
 * The definition language as JSON: what plugins ship and what administrators add on top, merged by key. Everything that
 * has an order is a table of entries with a `pos`.
 */
import type { Json, Text } from '@/api/types'
import type { Filter } from '@/flow/model/filter'

/** A table whose entries have names. */
export type Keyed<Entry> = Record<string, Entry>

/** Columns of a list; `false` leaves out one that is shipped. */
export type Places = Keyed<number | false>

/** Something that has a place and a name. */
export interface Labelled {
  pos: number
  label: Text
}

/** An entry of a dictionary. */
export interface Entry extends Labelled {
  /** In a tree: the entry above. */
  parent?: string
  /** No longer offered; records that have it keep it. */
  disabled?: boolean
}

export interface DictionaryDocument {
  label: Text
  tree?: boolean
  entries: Keyed<Entry>
}

export const FIELD_TYPES = [
  'text',
  'long-text',
  'rich-text',
  'phone',
  'email',
  'address',
  'number',
  'decimal',
  'money',
  'auto-number',
  'date',
  'date-time',
  'time',
  'choice',
  'tree-choice',
  'boolean',
  'person',
  'department',
  'reference',
  'picture',
  'attachment',
  'formula',
  'roll-up',
  'lines',
] as const

export type FieldType = (typeof FIELD_TYPES)[number]

export interface FieldDocument extends Labelled {
  type: FieldType
  /** No longer used; records keep their values, and nobody sees them. */
  disabled?: boolean
  required?: boolean
  read_only?: boolean
  unique?: boolean
  private?: boolean
  default?: Json
  section?: string
  help?: Text
  max_length?: number
  scale?: number
  min?: Json
  max?: Json
  currency?: string
  choices?: Keyed<Entry>
  dictionary?: string
  multiple?: boolean
  entity?: string
  pattern?: string
  columns?: Keyed<FieldDocument>
  expression?: string
  result?: string
  field?: string
  function?: RollUp
  value?: string
  filter?: Filter
  by?: string
}

export const ROLL_UPS = ['count', 'sum', 'min', 'max', 'first', 'last'] as const
export type RollUp = (typeof ROLL_UPS)[number]

export const VIEW_KINDS = ['list', 'kanban', 'calendar', 'tree'] as const
export type ViewKind = (typeof VIEW_KINDS)[number]

export interface ViewDocument extends Labelled {
  kind: ViewKind
  disabled?: boolean
  filter?: Filter
  columns?: Places
  sort?: string
  field?: string
  end_field?: string
}

export interface RelatedDocument extends Labelled {
  entity: string
  field: string
  columns?: Places
  disabled?: boolean
}

export interface UniqueDocument {
  fields: string[]
}

export interface DuplicatesDocument {
  fields: string[]
  action: 'warn' | 'refuse'
  disabled?: boolean
}

export interface EntityDocument {
  label: Text
  title: string
  fields: Keyed<FieldDocument>
  sections?: Keyed<Labelled>
  columns?: Places
  sort?: string
  parent?: string
  history?: boolean
  kanban?: string
  calendar?: string
  tree?: string
  unique?: Keyed<UniqueDocument>
  duplicates?: Keyed<DuplicatesDocument>
  views?: Keyed<ViewDocument>
  related?: Keyed<RelatedDocument>
}

/** Of an entity that is shipped: what was changed or added. */
export type ExtensionDocument = Partial<EntityDocument>

export const LEVELS = ['none', 'own', 'shared', 'subordinates', 'department', 'department-tree', 'all'] as const
export type Level = (typeof LEVELS)[number]

/** Those that reach as far as their level, and those that are allowed or not. */
export const REACHING = ['read', 'update', 'delete', 'share', 'transfer', 'export'] as const
export const PLAIN = ['create', 'import'] as const
export const ACTIONS = [...REACHING, ...PLAIN] as const
export type Action = (typeof ACTIONS)[number]
export type GrantsDocument = Partial<Record<Action, Level>>

export const FIELD_ACCESS = ['hidden', 'masked', 'read', 'edit'] as const
export type FieldAccess = (typeof FIELD_ACCESS)[number]

export interface RoleDocument {
  label: Text
}

export const TOTAL_FUNCTIONS = ['count', 'sum'] as const

export interface TotalDocument {
  label: Text
  entity: string
  function: RollUp
  value?: string
  filter?: Filter
  role: string
  /** The field whose date says into which period a record falls; without one there is only the whole. */
  date?: string
  /** The shortest period it can be asked for; a year when absent. */
  finest?: (typeof TOTAL_PERIODS)[number]
}

export const TOTAL_PERIODS = ['year', 'quarter', 'month'] as const

export interface Definitions {
  entities: Keyed<EntityDocument>
  /** Of entities that plugins ship. */
  extend: Keyed<ExtensionDocument>
  dictionaries: Keyed<DictionaryDocument>
  roles: Keyed<RoleDocument>
  /** By entity, then role. */
  permissions: Keyed<Keyed<GrantsDocument>>
  /** By entity, then role, then field. */
  field_rules: Keyed<Keyed<Keyed<FieldAccess>>>
  totals: Keyed<TotalDocument>
}

export const KINDS = ['entities', 'extend', 'dictionaries', 'roles', 'permissions', 'field_rules', 'totals'] as const
export type Kind = (typeof KINDS)[number]

export function noDefinitions(): Definitions {
  return { entities: {}, extend: {}, dictionaries: {}, roles: {}, permissions: {}, field_rules: {}, totals: {} }
}

/** The names of a table in order. */
export function inOrder<Item extends { pos: number }>(table: Keyed<Item> | undefined): { id: string; item: Item }[] {
  return Object.entries(table ?? {})
    .map(([id, item]) => ({ id, item }))
    .sort((a, b) => a.item.pos - b.item.pos || a.id.localeCompare(b.id))
}

/** The names of a table of places in order. */
export function namesInOrder(places: Places | undefined): string[] {
  return Object.entries(places ?? {})
    .flatMap(([id, place]) => (place === false ? [] : [[id, place] as const]))
    .sort(([a, at], [b, other]) => at - other || a.localeCompare(b))
    .map(([id]) => id)
}

export function placesOf(names: readonly string[]): Places {
  return Object.fromEntries(names.map((name, index) => [name, index + 1]))
}
