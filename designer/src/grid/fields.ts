/** The fields of an entity as a list needs them: with what every record has, and what each allows. */
import type { EntityView, Field, FieldType, Json, RecordRow } from '@/api/types'
import type { FieldOption } from '@/flow/model/fields'
import { isEditable, isNumeric } from '@/forms/draft'
import { displayText, leafText } from '@/forms/display'
import { t, text, type MessageKey } from '@/i18n'

const PERSON = 'system.person'

const system: { id: 'owner' | 'created_by' | 'created_at' | 'updated_at'; type: FieldType; label: MessageKey }[] = [
  { id: 'owner', type: 'person', label: 'desk.grid.system.owner' },
  { id: 'created_by', type: 'person', label: 'desk.grid.system.createdBy' },
  { id: 'created_at', type: 'date-time', label: 'desk.grid.system.createdAt' },
  { id: 'updated_at', type: 'date-time', label: 'desk.grid.system.updatedAt' },
]

/** Those of the entity, and the owner, the times and who made it, unless the entity has a field of that name. */
export function allFields(entity: EntityView): Field[] {
  const own = new Set(entity.fields.map(({ id }) => id))
  const more = system
    .filter(({ id }) => !own.has(id))
    .map(({ id, type, label }): Field => {
      const words = t(label)
      return { id, type, label: { zh: words, en: words }, required: false, read_only: true, access: 'read' }
    })
  return [...entity.fields, ...more]
}

export function fieldOf(entity: EntityView, id: string): Field | undefined {
  return allFields(entity).find((field) => field.id === id)
}

export function valueIn(record: RecordRow, field: Field): Json {
  const own = record.fields[field.id]
  if (own !== undefined) return own
  switch (field.id) {
    case 'owner':
      return record.owner?.id ?? null
    case 'created_by':
      return record.created_by?.id ?? null
    case 'created_at':
      return record.created_at
    case 'updated_at':
      return record.updated_at
    default:
      return null
  }
}

/** Readable text of what a field points at. */
export function namedIn(record: RecordRow, field: Field): string | undefined {
  const named = record.display[field.id]
  if (named !== undefined || record.fields[field.id] !== undefined) return named
  if (field.id === 'owner') return record.owner?.name
  return field.id === 'created_by' ? record.created_by?.name : undefined
}

export function cellText(record: RecordRow, field: Field): string {
  // A row has no room for the way down to an entry.
  if (field.type === 'tree-choice') return leafText(field, valueIn(record, field))
  return displayText(field, valueIn(record, field), namedIn(record, field))
}

const unsorted: readonly FieldType[] = ['lines', 'rich-text', 'long-text', 'attachment', 'picture', 'address']

export const isSortable = (field: Field): boolean => !unsorted.includes(field.type) && !field.multiple

/** Whether it may be changed in its cell: what needs a page of its own may not. */
export const isEditableInPlace = (field: Field): boolean =>
  isEditable(field) && !['lines', 'rich-text', 'attachment', 'picture', 'address'].includes(field.type)

export const isAmount = (field: Field): boolean =>
  isNumeric(field.type) || (field.result === undefined ? field.type === 'roll-up' : isNumeric(field.result))

const WHOLE: ReadonlySet<string> = new Set(['phone', 'date', 'date-time', 'time', 'auto-number', 'choice', 'boolean'])

/** What is read at one glance, and not in two lines. */
export const isWhole = (field: Field): boolean => !field.multiple && WHOLE.has(field.result ?? field.type)

const isTree = (field: Field): boolean => field.type === 'tree-choice'

/** What filter rows may compare. */
export function filterOptions(entity: EntityView): FieldOption[] {
  return allFields(entity)
    .filter(({ type }) => type !== 'lines')
    .map((field) => {
      const points = field.type === 'person' ? PERSON : field.type === 'department' ? 'system.department' : field.entity
      return {
        path: field.id,
        label: text(field.label),
        type: field.result ?? field.type,
        choices: isTree(field) ? [] : (field.choices ?? []).map(({ id, label }) => ({ id, label: text(label) })),
        ...(isTree(field) && { tree: field.choices ?? [] }),
        ...(points !== undefined && { entity: points }),
        ...(field.multiple && { multiple: true }),
      }
    })
}
