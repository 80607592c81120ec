/** Names that the editor gives and people rarely see. Randomness is an argument, so that tests can fix it. */
import type { FormField, FormFieldType } from './process'

/** A number from 0 up to, not including, 1. */
export type Random = () => number

/** A key for a new process: an XML name, and unlikely enough to exist. */
export function newProcessKey(random: Random): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const tail = Array.from({ length: 8 }, () => letters[Math.floor(random() * letters.length)])
  return `process-${tail.join('')}`
}

const STEMS: Record<FormFieldType, string> = {
  text: 'text',
  'long-text': 'note',
  number: 'number',
  money: 'amount',
  date: 'date',
  'date-time': 'time',
  choice: 'choice',
  boolean: 'yes',
  person: 'person',
  lines: 'lines',
}

/** A variable's name for a new field: `number1`, `number2`. */
export function newFieldId(type: FormFieldType, siblings: readonly FormField[]): string {
  const taken = new Set(siblings.map((field) => field.id))
  let number = 1
  while (taken.has(`${STEMS[type]}${number}`)) number += 1
  return `${STEMS[type]}${number}`
}

/** Whether text can name a variable in an expression. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}
