/** Days of a calendar, as `YYYY-MM-DD`; a week begins on Monday. Pure. */

const pad = (part: number) => String(part).padStart(2, '0')

export const dayText = (date: Date): string => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** In the time zone of the browser, at its beginning. */
export function dayDate(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date)
}

export function addDays(day: string, by: number): string {
  const date = dayDate(day)
  date.setDate(date.getDate() + by)
  return dayText(date)
}

export function addMonths(day: string, by: number): string {
  const date = dayDate(day)
  date.setDate(1)
  date.setMonth(date.getMonth() + by)
  return dayText(date)
}

export function weekOf(day: string): string[] {
  const monday = addDays(day, -((dayDate(day).getDay() + 6) % 7))
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index))
}

/** Whole weeks that hold the month of this day. */
export function monthOf(day: string): string[][] {
  const first = `${day.slice(0, 7)}-01`
  const weeks: string[][] = []
  for (let week = weekOf(first); week[0]! < addMonths(first, 1); week = weekOf(addDays(week[0]!, 7))) weeks.push(week)
  return weeks
}

export interface Span {
  from: string
  to: string
}

/** The days from one moment to another; only the first when there is no other, or it lies before. */
export function spanOf(begin: unknown, end: unknown): Span | undefined {
  const from = dayOf(begin)
  if (!from) return undefined
  const to = dayOf(end)
  return { from, to: to && to > from ? to : from }
}

function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  return value.length === 10 ? value : dayText(new Date(value))
}
