/** ISO 8601 durations as an amount and a unit, which is how people say them. */

/** The units a length of time can be said in. */
export const DURATION_UNITS = ['minutes', 'hours', 'days', 'weeks'] as const

/** One of the units. */
export type DurationUnit = (typeof DURATION_UNITS)[number]

/** A length of time in words: 8 hours. */
export interface Duration {
  amount: number
  unit: DurationUnit
}

const MINUTES: Record<DurationUnit, number> = { minutes: 1, hours: 60, days: 1440, weeks: 10080 }

/** `{8, hours}` → `PT8H`. */
export function toIso({ amount, unit }: Duration): string {
  const whole = Math.max(1, Math.round(amount))
  switch (unit) {
    case 'minutes':
      return `PT${whole}M`
    case 'hours':
      return `PT${whole}H`
    case 'days':
      return `P${whole}D`
    case 'weeks':
      return `P${whole}W`
  }
}

/** `PT8H` → `{8, hours}`; nothing when it has seconds, months or years, which have no word here. */
export function fromIso(text: string): Duration | undefined {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text.trim())
  if (!parts || text.trim().length < 3) return undefined
  const [, weeks, days, hours, minutes] = parts
  const given = [
    { unit: 'weeks', amount: weeks },
    { unit: 'days', amount: days },
    { unit: 'hours', amount: hours },
    { unit: 'minutes', amount: minutes },
  ].filter((part): part is { unit: DurationUnit; amount: string } => part.amount !== undefined)
  const [first] = given
  if (!first) return undefined
  if (given.length === 1) return { amount: Number(first.amount), unit: first.unit }

  const total = given.reduce((sum, part) => sum + Number(part.amount) * MINUTES[part.unit], 0)
  for (const unit of ['days', 'hours'] as const) {
    if (total % MINUTES[unit] === 0) return { amount: total / MINUTES[unit], unit }
  }
  return { amount: total, unit: 'minutes' }
}

/** A repetition, as in `R2/PT1H`: how often, and how long between. `times` is absent when it never ends. */
export interface Repetition {
  times?: number
  every: Duration
}

/** `R2/PT1H`. */
export function repetitionToIso({ times, every }: Repetition): string {
  return `R${times ?? ''}/${toIso(every)}`
}

/** The other way round; nothing when it is no repetition of ours. */
export function repetitionFromIso(text: string): Repetition | undefined {
  const parts = /^R(\d*)\/(P.+)$/.exec(text.trim())
  const every = parts?.[2] === undefined ? undefined : fromIso(parts[2])
  if (!every) return undefined
  return parts?.[1] ? { times: Number(parts[1]), every } : { every }
}
