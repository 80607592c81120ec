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
  const isFar = Math.abs(Date.parse(instant) - now) > 7 * 86_400_000
  return isFar ? dateTime(instant).slice(0, 10) : distance(instant, now)
}

/** `5分钟前`, `in 2 hours`, `40 days ago`. */
export function distance(instant: Instant, now: number): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000)
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' })
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  }
  return format.format(seconds < -10 || seconds > 10 ? seconds : 0, 'second')
}

/** `2026-03-01T09:30` in the browser's time zone, as date inputs want it. */
export function localInput(instant: Instant): string {
  return dateTime(instant).replace(' ', 'T')
}

/** `09:30:05` in the time zone of the browser. */
export function timeOfDay(moment: number): string {
  const at = new Date(moment)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(pad).join(':')
}

/** `12,345` */
export function wholeNumber(value: number): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: 0 }).format(value)
}

const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `3.2 GiB`; no more digits than one can make use of. */
export function fileSize(bytes: number): string {
  let value = bytes
  let unit = 0
  // What would be rounded to 1,024 is one of the next unit.
  while (value >= 1023.5 && unit < sizes.length - 1) {
    value /= 1024
    unit += 1
  }
  const maximumFractionDigits = unit > 0 && value < 99.95 ? 1 : 0
  return `${new Intl.NumberFormat(language.value, { maximumFractionDigits }).format(value)} ${sizes[unit]}`
}
