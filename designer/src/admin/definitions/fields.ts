/** What is known about types of fields, and what a new field begins as. */
import { noDefinitions, type Definitions, type EntityDocument, type FieldDocument, type FieldType, type Keyed } from './document'
import { newName, type Random } from './ids'
import { newLabel } from './labels'
import { put } from './layers'
import { lastPos } from './tables'

/** As people look for them. */
export const TYPE_GROUPS: readonly { id: string; types: readonly FieldType[] }[] = [
  { id: 'words', types: ['text', 'long-text', 'rich-text', 'phone', 'email', 'address'] },
  { id: 'numbers', types: ['number', 'money', 'auto-number'] },
  { id: 'times', types: ['date', 'date-time', 'time'] },
  { id: 'choices', types: ['choice', 'tree-choice', 'boolean'] },
  { id: 'links', types: ['person', 'department', 'reference'] },
  { id: 'files', types: ['picture', 'attachment'] },
  { id: 'computed', types: ['formula', 'roll-up'] },
  { id: 'lines', types: ['lines'] },
]

/** Line items have no line items, and nothing that is kept elsewhere. */
const NOT_IN_LINES: readonly FieldType[] = ['lines', 'auto-number', 'roll-up']

export function typeGroups(inLines: boolean) {
  return TYPE_GROUPS.map(({ id, types }) => ({ id, types: types.filter((type) => !inLines || !NOT_IN_LINES.includes(type)) })).filter(
    ({ types }) => types.length > 0,
  )
}

const stems: Record<FieldType, string> = {
  text: 'text',
  'long-text': 'note',
  'rich-text': 'note',
  phone: 'phone',
  email: 'email',
  address: 'address',
  number: 'number',
  decimal: 'number',
  money: 'amount',
  'auto-number': 'number',
  date: 'date',
  'date-time': 'time',
  time: 'time',
  choice: 'choice',
  'tree-choice': 'choice',
  boolean: 'yes',
  person: 'person',
  department: 'department',
  reference: 'link',
  picture: 'picture',
  attachment: 'file',
  formula: 'formula',
  'roll-up': 'total',
  lines: 'lines',
}

/** What a type cannot be without. */
function needs(type: FieldType, language: (zh: string, en: string) => string): Partial<FieldDocument> {
  switch (type) {
    case 'choice':
      return { choices: { a: { pos: 1, label: newLabel(language('选项一', 'First')) }, b: { pos: 2, label: newLabel(language('选项二', 'Second')) } } }
    case 'auto-number':
      return { pattern: 'NO{yyyyMM}-{0000}' }
    case 'money':
      return { currency: 'CNY' }
    case 'formula':
      return { expression: '', result: 'number' }
    case 'lines':
      return { columns: {} }
    default:
      return {}
  }
}

export interface NewField {
  id: string
  field: FieldDocument
}

export function newField(
  type: FieldType,
  label: string,
  siblings: Keyed<FieldDocument>,
  random: Random,
  language: (zh: string, en: string) => string,
): NewField {
  const id = newName(label, stems[type], Object.keys(siblings), random)
  return { id, field: { pos: lastPos(siblings), type, label: newLabel(label), ...needs(type, language) } }
}

/** Types that hold one value which can be sorted and compared. */
const SORTABLE: readonly FieldType[] = [
  'text', 'phone', 'email', 'number', 'decimal', 'money', 'auto-number', 'date', 'date-time', 'time', 'choice', 'boolean', 'person',
  'department', 'reference', 'formula', 'roll-up', 'tree-choice',
] // prettier-ignore

export const isSortable = ({ type, multiple }: FieldDocument) => SORTABLE.includes(type) && !multiple
export const isListable = ({ type }: FieldDocument) => !['lines', 'rich-text'].includes(type)
/** What can name a record. */
export const isTitle = ({ type }: FieldDocument) => ['text', 'auto-number', 'phone', 'email', 'reference', 'person', 'formula'].includes(type)
export const isNumeric = ({ type, result }: FieldDocument) =>
  ['number', 'decimal', 'money', 'roll-up'].includes(type) || (type === 'formula' && ['number', 'decimal', 'money'].includes(result ?? ''))
export const isUniqueable = ({ type, multiple }: FieldDocument) =>
  ['text', 'phone', 'email', 'number', 'date', 'reference', 'person', 'department', 'choice'].includes(type) && !multiple
export const isEntered = ({ type }: FieldDocument) => !['auto-number', 'formula', 'roll-up'].includes(type)

/** What a kind of record begins as: a name and a list that shows it. */
export function newEntity(label: string, titleLabel: string, basics: string): EntityDocument {
  return {
    label: newLabel(label),
    title: 'name',
    fields: { name: { pos: 1, type: 'text', label: newLabel(titleLabel), required: true, max_length: 100, section: 'basic' } },
    sections: { basic: { pos: 1, label: newLabel(basics) } },
    columns: { name: 1 },
  }
}

/** An entity without a field, and without everything that speaks of it. */
export function withoutField(entity: EntityDocument, id: string): EntityDocument {
  const { [id]: _, ...fields } = entity.fields
  const next: EntityDocument = { ...entity, fields }
  if (entity.columns) next.columns = put(entity.columns, id, undefined)
  if (entity.sort?.replace(/^-/, '') === id) delete next.sort
  for (const key of ['kanban', 'calendar', 'tree', 'parent'] as const) if (next[key] === id) delete next[key]
  if (next.views) {
    next.views = Object.fromEntries(
      Object.entries(next.views).map(([name, view]) => {
        const columns = view.columns && put(view.columns, id, undefined)
        return [name, columns ? { ...view, columns } : view]
      }),
    )
  }
  for (const key of ['unique', 'duplicates'] as const) {
    const table = next[key]
    if (table) Object.assign(next, { [key]: Object.fromEntries(Object.entries(table).filter(([, { fields: named }]) => !named.includes(id))) })
  }
  return next
}

/** Where an entity is spoken of by other entities; it cannot be removed before they are changed. */
export function usersOf(all: Definitions = noDefinitions(), id: string): string[] {
  return Object.entries(all.entities)
    .filter(([other, { fields }]) => other !== id && Object.values(fields).some((field) => field.entity === id))
    .map(([other]) => other)
}
