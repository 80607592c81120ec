/** Which comparisons make sense for which field, so that nobody is offered "contains" for an amount. */
import type { FieldType } from '@/api/types'
import { isCoded } from '@/forms/tree'
import type { FieldOption } from './fields'
import type { FilterValue, Operator } from './filter'

const ORDERED: readonly Operator[] = ['>', '>=', '<', '<=', '=', '!=', 'empty', 'not-empty']
const TEXTUAL: readonly Operator[] = ['=', '!=', 'contains', 'starts-with', 'empty', 'not-empty']
const CHOSEN: readonly Operator[] = ['=', '!=', 'in', 'not-in', 'empty', 'not-empty']
const SINGLE: readonly Operator[] = ['=', '!=']
const PRESENCE: readonly Operator[] = ['empty', 'not-empty']
const SEVERAL: readonly Operator[] = ['contains', 'empty', 'not-empty']
const POINTING: readonly FieldType[] = ['person', 'department', 'reference']

/** Whether a field points at a person, department or record. */
export const isPointing = (type: FieldType): boolean => POINTING.includes(type)

/** The same with what is below an entry, where codes tell that. */
const CODED: readonly Operator[] = ['=', 'starts-with', '!=', 'in', 'not-in', 'empty', 'not-empty']

/** The operators for a field of which it is known what it points at, and whether it holds several values. */
export function operatorsOf(field: Pick<FieldOption, 'type' | 'entity' | 'multiple' | 'tree'>): readonly Operator[] {
  const { type, entity, multiple } = field
  if (isWithin(field, 'starts-with') && !multiple) return CODED
  if (entity === undefined || !isPointing(type)) return multiple ? SEVERAL : operatorsFor(type)
  return multiple ? SEVERAL : CHOSEN
}

/** Whether a comparison asks for everything below an entry of a tree. */
export const isWithin = ({ tree }: Pick<FieldOption, 'tree'>, op: Operator): boolean =>
  op === 'starts-with' && tree !== undefined && isCoded(tree)

/** The operators for a type of field; the first is the one a new row begins with. */
export function operatorsFor(type: FieldType): readonly Operator[] {
  switch (type) {
    case 'number':
    case 'decimal':
    case 'money':
    case 'date':
    case 'time':
    case 'date-time':
    case 'formula':
    case 'roll-up':
      return ORDERED
    case 'text':
    case 'long-text':
    case 'rich-text':
    case 'phone':
    case 'email':
    case 'auto-number':
      return TEXTUAL
    case 'choice':
    case 'tree-choice':
      return CHOSEN
    case 'boolean':
      return SINGLE
    case 'person':
    case 'department':
    case 'reference':
    case 'attachment':
    case 'picture':
    case 'address':
    case 'lines':
      return PRESENCE
  }
}

/** Turns what was typed into the value the field holds: a number for amounts, text otherwise. */
export function typedValue(type: FieldType, typed: string): FilterValue {
  if (type !== 'number' && type !== 'decimal' && type !== 'money') return typed
  const plain = typed.trim().replace(/[,，\s]/g, '')
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : typed.trim()
}
