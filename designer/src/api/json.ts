/** JSON in and out that keeps every digit of a number: see {@link Decimal}. */
import { Decimal } from './decimal'

// A number in disguise while the platform's own parser and writer are at work. U+0000 cannot be typed.
const mark = '\u0000decimal:'
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const marked = /"\\u0000decimal:(-?\d+(?:\.\d+)?)"/g

export function parseJson(text: string): unknown {
  const guarded = text.replace(stringOrNumber, (token) =>
    token.startsWith('"') || isExact(token) ? token : JSON.stringify(mark + token),
  )
  return JSON.parse(guarded, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? new Decimal(value.slice(mark.length)) : value,
  )
}

/** With an `indent` it is laid out for people. */
export function writeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (part instanceof Decimal ? mark + part.text : part), indent)
  return text.replace(marked, '$1')
}

function isExact(digits: string): boolean {
  return digits.replace(/[^\d]/g, '').length <= 15 || String(Number(digits)) === digits
}
