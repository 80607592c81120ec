/** Records by the day of a field, in the order in which they come. Pure. */
import type { Field, RecordRow } from '@/api/types'
import { dayText } from '@/grid/calendar/days'
import { valueIn } from '@/grid/fields'

export interface Day {
  day: string
  /** Each with its time of day, when the field has one. */
  entries: { record: RecordRow; time: string }[]
}

export function byDay(records: readonly RecordRow[], field: Field): Day[] {
  const days: Day[] = []
  for (const record of records) {
    const value = valueIn(record, field)
    if (typeof value !== 'string' || value === '') continue
    const at = value.length > 10 ? new Date(value) : undefined
    const day = at ? dayText(at) : value
    const time = at ? `${pad(at.getHours())}:${pad(at.getMinutes())}` : ''
    const last = days.at(-1)
    if (last?.day === day) last.entries.push({ record, time })
    else days.push({ day, entries: [{ record, time }] })
  }
  return days
}

const pad = (part: number) => String(part).padStart(2, '0')
