/** The settings of a whole process: what it is about, its form, its title, who may start it. */
import { readRules, writeRules, type AssigneeRule } from './assignees'
import { extension, withExtensions } from './extensions'
import { children, flag, make, text, type Edit, type Factory, type ModdleElement } from './moddle'

/** What can be entered into a field of a process's own form. */
export const FORM_FIELD_TYPES = [
  'text',
  'long-text',
  'number',
  'money',
  'date',
  'date-time',
  'choice',
  'boolean',
  'person',
  'lines',
] as const

/** One of the types. */
export type FormFieldType = (typeof FORM_FIELD_TYPES)[number]

/** A field of a process's own form. */
export interface FormField {
  /** The variable's name. */
  id: string
  label: string
  type: FormFieldType
  required: boolean
  choices: string[]
  columns: FormField[]
}

/** The record a process is about, and the field that shows how far it is. */
export interface Subject {
  entity: string
  statusField?: string
  running?: string
  rejected?: string
  cancelled?: string
}

/** Settings of a whole process. It has a subject or a form, not both. */
export interface ProcessSettings {
  subject?: Subject
  form: FormField[]
  starters: AssigneeRule[]
  title: string
}

/** Reads a process's settings. */
export function readProcess(process: ModdleElement): ProcessSettings {
  const subject = readSubject(extension(process, 'kapok:Subject'))
  return {
    ...(subject && { subject }),
    form: children(extension(process, 'kapok:Form'), 'fields').map(readField),
    starters: readRules(extension(process, 'kapok:Starters')),
    title: text(extension(process, 'kapok:Title'), 'body') ?? '',
  }
}

/** Writes a process's settings. */
export function writeProcess(factory: Factory, process: ModdleElement, settings: ProcessSettings): Edit {
  const { subject, form, title } = settings
  return withExtensions(factory, process, {
    'kapok:Subject': subject && make(factory, 'kapok:Subject', { ...subject }),
    'kapok:Title': title.trim() === '' ? undefined : make(factory, 'kapok:Title', { body: title.trim() }),
    'kapok:Starters': writeRules(factory, 'kapok:Starters', settings.starters),
    'kapok:Form':
      subject || form.length === 0
        ? undefined
        : make(factory, 'kapok:Form', { fields: form.map((field) => writeField(factory, field)) }),
  })
}

function readSubject(subject: ModdleElement | undefined): Subject | undefined {
  const entity = text(subject, 'entity')
  if (entity === undefined) return undefined
  const statusField = text(subject, 'statusField')
  const running = text(subject, 'running')
  const rejected = text(subject, 'rejected')
  const cancelled = text(subject, 'cancelled')
  return {
    entity,
    ...(statusField !== undefined && { statusField }),
    ...(running !== undefined && { running }),
    ...(rejected !== undefined && { rejected }),
    ...(cancelled !== undefined && { cancelled }),
  }
}

function readField(field: ModdleElement): FormField {
  const id = text(field, 'id') ?? ''
  return {
    id,
    label: text(field, 'label') ?? id,
    type: FORM_FIELD_TYPES.find((type) => type === text(field, 'type')) ?? 'text',
    required: flag(field, 'required'),
    choices: children(field, 'choices').flatMap((choice) => text(choice, 'body') ?? []),
    columns: children(field, 'columns').map(readField),
  }
}

function writeField(factory: Factory, field: FormField): ModdleElement {
  const { id, label, type } = field
  return make(factory, 'kapok:FormField', {
    id,
    label,
    type,
    required: field.required || undefined,
    choices: type === 'choice' ? field.choices.map((body) => make(factory, 'kapok:Choice', { body })) : undefined,
    columns: type === 'lines' ? field.columns.map((column) => writeField(factory, column)) : undefined,
  })
}
