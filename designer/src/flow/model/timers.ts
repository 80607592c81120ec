/** When a timer fires, and the times of day and week that people mean by "again and again". */
import { child, make, text, type Factory, type ModdleElement } from './moddle'
import { readSpan, writeSpan, type Span } from './reminders'

/** When a timer fires. */
export type Timer =
  | { kind: 'duration'; span: Span }
  | { kind: 'date'; at: string }
  /** ISO 8601 such as `R/P1D`, or cron. */
  | { kind: 'cycle'; text: string }

/** What a repeated timer begins with: every working day at nine. */
export const EVERY_MORNING: Timer = { kind: 'cycle', text: '0 0 9 * * MON-FRI' }

/** Reads a timer event definition. */
export function readTimer(timer: ModdleElement): Timer {
  const date = text(child(timer, 'timeDate'), 'body')
  if (date !== undefined) return { kind: 'date', at: date }
  const cycle = text(child(timer, 'timeCycle'), 'body')
  if (cycle !== undefined) return { kind: 'cycle', text: cycle }
  return { kind: 'duration', span: readSpan(text(child(timer, 'timeDuration'), 'body') ?? '') }
}

/** The properties of a timer event definition. */
export function timerProperties(factory: Factory, timer: Timer): Record<string, ModdleElement | undefined> {
  const expression = (body: string) => make(factory, 'bpmn:FormalExpression', { body })
  return {
    timeDate: timer.kind === 'date' ? expression(timer.at) : undefined,
    timeCycle: timer.kind === 'cycle' ? expression(timer.text) : undefined,
    timeDuration: timer.kind === 'duration' ? expression(writeSpan(timer.span)) : undefined,
  }
}

/** The days of the week in cron. */
export const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

/** One of the days. */
export type Weekday = (typeof WEEKDAYS)[number]

/** On which days, in words. */
export type Schedule = { at: { hour: number; minute: number } } & (
  | { on: 'daily' }
  | { on: 'workdays' }
  | { on: 'weekly'; day: Weekday }
  | { on: 'monthly'; day: number }
)

/** `0 0 9 * * MON-FRI` → every working day at nine; nothing when it is no schedule of ours. */
export function scheduleFromCron(cron: string): Schedule | undefined {
  const parts = /^0 (\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|MON-FRI|[A-Z]{3})$/.exec(cron.trim())
  if (!parts) return undefined
  const [, minute, hour, day, weekday] = parts
  const at = { hour: Number(hour), minute: Number(minute) }
  if (at.hour > 23 || at.minute > 59) return undefined
  if (day !== '*') return weekday === '*' ? { at, on: 'monthly', day: Number(day) } : undefined
  if (weekday === '*') return { at, on: 'daily' }
  if (weekday === 'MON-FRI') return { at, on: 'workdays' }
  const known = WEEKDAYS.find((one) => one === weekday)
  return known && { at, on: 'weekly', day: known }
}

/** The other way round. */
export function scheduleToCron(schedule: Schedule): string {
  const { hour, minute } = schedule.at
  const days = {
    daily: '* * *',
    workdays: '* * MON-FRI',
    weekly: `* * ${schedule.on === 'weekly' ? schedule.day : 'MON'}`,
    monthly: `${schedule.on === 'monthly' ? schedule.day : 1} * *`,
  }[schedule.on]
  return `0 ${minute} ${hour} ${days}`
}

/** `09:05`, as a time of day is written. */
export function timeOfDay({ hour, minute }: Schedule['at']): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** The other way round; nothing when it is no time of day. */
export function timeFromText(typed: string): Schedule['at'] | undefined {
  const parts = /^(\d{1,2})[:：](\d{2})$/.exec(typed.trim())
  const at = { hour: Number(parts?.[1]), minute: Number(parts?.[2]) }
  return parts && at.hour < 24 && at.minute < 60 ? at : undefined
}
