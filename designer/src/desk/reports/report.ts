/** A report as a table: sorted, added up, and as a file. Pure. */
import { Decimal, decimalText, groupedText } from '@/api/decimal'
import type { Json, ReportColumn, ReportTable } from '@/api/types'

export interface Order {
  column: number
  descending: boolean
}

/** The words for what is no text. */
export interface Words {
  yes: string
  no: string
}

/** A value as people read it. */
export function cellText(column: ReportColumn, value: Json | undefined, words: Words): string {
  if (value === null || value === undefined) return ''
  if (column.kind === 'number') return groupedText(decimalText(value)) || plain(value)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  return plain(value)
}

function plain(value: Json): string {
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join(', ')
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return value === null ? '' : String(value)
  const name = value['title'] ?? value['name']
  return typeof name === 'string' ? name : ''
}

/** The next order after a head was pressed: up, down, as it came. */
export function nextOrder(order: Order | undefined, column: number): Order | undefined {
  if (order?.column !== column) return { column, descending: false }
  return order.descending ? undefined : { column, descending: true }
}

/** The rows in an order; what is empty comes last whichever way, and what is alike stays as it came. */
export function sorted({ columns, rows }: ReportTable, order: Order | undefined, language: string): readonly Json[][] {
  const column = order && columns[order.column]
  if (!order || !column) return rows
  const words = new Intl.Collator(language, { numeric: true })
  const compare = (one: Json, other: Json): number =>
    column.kind === 'number' ? Number(decimalText(one)) - Number(decimalText(other)) : words.compare(plain(one), plain(other))
  const isEmpty = (value: Json | undefined) => value === null || value === undefined || value === ''
  return [...rows].sort((one, other) => {
    const [a, b] = [one[order.column], other[order.column]]
    if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b))
    return (order.descending ? -1 : 1) * compare(a ?? null, b ?? null)
  })
}

/** The sum of each column of numbers, exactly; nothing of the others. */
export function sums({ columns, rows }: ReportTable): (string | null)[] {
  return columns.map(({ kind }, index) => (kind === 'number' && rows.length > 0 ? sumOf(rows.map((row) => row[index])) : null))
}

function sumOf(values: readonly (Json | undefined)[]): string {
  const numbers = values.map((value) => decimalText(value)).filter(Boolean)
  const places = Math.max(0, ...numbers.map((text) => text.split('.')[1]?.length ?? 0))
  const total = numbers.reduce((sum, text) => sum + scaled(text, places), 0n)
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  return `${total < 0n ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`
}

function scaled(text: string, places: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}

/** What a spreadsheet takes for the beginning of a formula; the server's exports know the same signs. */
const FORMULA = /^[=+\-@\t\r\0＝＋－＠]/

/** The table as a file for spreadsheets: numbers as digits, and no text that one would take for a formula. */
export function csv({ columns, rows }: ReportTable, label: (column: ReportColumn) => string, words: Words): string {
  const cell = (column: ReportColumn, value: Json | undefined): string => {
    if (column.kind === 'number' && value !== null && value !== undefined) {
      const digits = decimalText(value)
      if (digits !== '') return digits
    }
    return safe(cellText(column, value, words))
  }
  const lines = [columns.map((column) => safe(label(column))), ...rows.map((row) => columns.map((column, index) => cell(column, row[index])))]
  // Without the mark at its beginning, a spreadsheet reads Chinese texts as something else.
  return `\uFEFF${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`
}

const safe = (text: string) => (FORMULA.test(text) ? `'${text}` : text)
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
