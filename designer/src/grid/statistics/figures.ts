/** What a list can be counted by, and the figures of a chart. */
import { decimalText } from '@/api/decimal'
import type { EntityView, Field, FieldType, Json } from '@/api/types'
import type { Filter } from '@/flow/model/filter'
import { displayText } from '@/forms/display'
import { t } from '@/i18n'
import { allFields, isAmount } from '../fields'

export const UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Unit = (typeof UNITS)[number]

export interface StatisticsRow {
  key: Json
  label: string
  count: number
  sum?: Json
  /** Of the second group. */
  key2?: Json
  label2?: string
}

export interface Statistics {
  rows: StatisticsRow[]
  total: { count: number; sum?: Json }
}

const grouped: readonly FieldType[] = ['choice', 'tree-choice', 'person', 'department', 'reference', 'boolean']
const dated: readonly FieldType[] = ['date', 'date-time']

export const isDated = (field: Field): boolean => dated.includes(field.type)

/** The fields a list can be counted by. */
export function groupFields(entity: EntityView): Field[] {
  return allFields(entity).filter((field) => field.access !== 'masked' && (grouped.includes(field.type) || isDated(field)))
}

export function sumFields(entity: EntityView): Field[] {
  return entity.fields.filter((field) => isAmount(field) && field.access !== 'masked')
}

/** What a bar leads to: the records it counts. Of a span of time only its beginning is known, so it leads nowhere. */
export function drillFilter(field: Field, key: Json): Filter | null {
  if (isDated(field)) return null
  if (key === null || key === '') return { field: field.id, op: 'empty' }
  if (field.multiple) return { field: field.id, op: 'contains', value: key as string }
  return { field: field.id, op: '=', value: key as string }
}

export const amountOf = (row: { count: number; sum?: Json }, summed: boolean): number =>
  summed ? Number(decimalText(row.sum ?? 0) || 0) : row.count

/** What a chart draws and a table says. */
export interface Figure {
  key: string
  label: string
  amount: number
  words: string
  row: StatisticsRow
}

export const sumText = (field: Field, value: Json | undefined): string => displayText(field, value ?? 0)

export function figuresOf(rows: readonly StatisticsRow[], sumField: Field | undefined): Figure[] {
  const named = (label: string | undefined) => label || t('desk.grid.figures.none')
  return rows.map((row, index) => ({
    key: String(index),
    label: row.label2 === undefined ? named(row.label) : `${named(row.label)} · ${named(row.label2)}`,
    amount: amountOf(row, sumField !== undefined),
    words: sumField ? sumText(sumField, row.sum) : String(row.count),
    row,
  }))
}

export interface Slice {
  /** The path of a sector in a circle of radius 1 around 0, 0. */
  path: string
  part: number
}

/** Sectors of a pie, from the top clockwise; what is not above nothing has none. */
export function slices(values: readonly number[]): Slice[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let turn = 0
  return values.map((value) => {
    const part = total > 0 ? Math.max(0, value) / total : 0
    const path = sector(turn, turn + part)
    turn += part
    return { path, part }
  })
}

function sector(from: number, to: number): string {
  if (to - from <= 0) return ''
  // A whole circle has no two ends: two halves.
  if (to - from > 0.9999) return 'M0,-1A1,1,0,1,1,0,1A1,1,0,1,1,0,-1Z'
  const point = (turn: number) => `${round(Math.sin(turn * 2 * Math.PI))},${round(-Math.cos(turn * 2 * Math.PI))}`
  return `M0,0L${point(from)}A1,1,0,${to - from > 0.5 ? 1 : 0},1,${point(to)}Z`
}

const round = (value: number) => Number(value.toFixed(4))
