/** The periods a total can be asked for, as they are today. Pure. */
import type { Total } from '@/api/types'

export const PERIODS = ['all', 'year', 'quarter', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** From the whole down to the shortest that it allows. */
export function periodsOf({ finest }: Total): readonly Period[] {
  return PERIODS.slice(0, PERIODS.indexOf(finest ?? 'all') + 1)
}

/** The period as the server names it: `2026`, `2026-Q3`, `2026-11`; nothing for the whole. */
export function periodName(period: Period, today: Date): string | undefined {
  const year = today.getFullYear()
  switch (period) {
    case 'all':
      return undefined
    case 'year':
      return String(year)
    case 'quarter':
      return `${year}-Q${Math.floor(today.getMonth() / 3) + 1}`
    case 'month':
      return `${year}-${String(today.getMonth() + 1).padStart(2, '0')}`
  }
}
