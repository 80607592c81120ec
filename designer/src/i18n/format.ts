/** Times and dates as people here write them. */
import type { Instant } from '@/api/types'
import { language } from './index'

const pad = (part: number) => String(part).padStart(2, '0')

/** `2026-03-01 09:30` in the time zone of the browser. */
export function dateTime(instant: Instant): string {
  const at = new Date(instant)
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}`
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `5分钟前`, `in 2 hours`; beyond a week the date itself. */
export function relative(instant: Instant, now: number): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000)
  const distance = Math.abs(seconds)
  if (distance > 7 * 86_400) return dateTime(instant).slice(0, 10)
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' })
  for (const [unit, size] of units) {
    if (distance >= size) return format.format(Math.round(seconds / size), unit)
  }
  return format.format(seconds < -10 || seconds > 10 ? seconds : 0, 'second')
}

/** `2026-03-01T09:30` in the browser's time zone, as date inputs want it. */
export function localInput(instant: Instant): string {
  return dateTime(instant).replace(' ', 'T')
}
