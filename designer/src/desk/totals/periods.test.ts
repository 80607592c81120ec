import { expect, it } from 'vitest'
import { periodName, periodsOf } from './periods'

const total = { id: 'a', label: { zh: '甲', en: 'A' } }

it('are as short as the total allows', () => {
  expect(periodsOf(total)).toEqual(['all'])
  expect(periodsOf({ ...total, finest: 'quarter' })).toEqual(['all', 'year', 'quarter'])
  expect(periodsOf({ ...total, finest: 'month' })).toEqual(['all', 'year', 'quarter', 'month'])
})

it.each([
  [new Date(2026, 0, 1), ['2026', '2026-Q1', '2026-01']],
  [new Date(2026, 8, 30), ['2026', '2026-Q3', '2026-09']],
  [new Date(2026, 11, 31), ['2026', '2026-Q4', '2026-12']],
])('are named as the server does on %s', (today, names) => {
  expect((['year', 'quarter', 'month'] as const).map((period) => periodName(period, today))).toEqual(names)
  expect(periodName('all', today)).toBeUndefined()
})
