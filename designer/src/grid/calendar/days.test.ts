import { describe, expect, it } from 'vitest'
import { addDays, addMonths, monthOf, spanOf, weekOf } from './days'

describe('a calendar', () => {
  it.each([
    ['2026-11-28', '2026-11-23', '2026-11-29'], // a Saturday
    ['2026-11-29', '2026-11-23', '2026-11-29'], // a Sunday ends its week
    ['2026-11-30', '2026-11-30', '2026-12-06'],
    ['2027-01-01', '2026-12-28', '2027-01-03'],
  ])('the week of %s', (day, first, last) => {
    const week = weekOf(day)
    expect([week.length, week[0], week.at(-1)]).toEqual([7, first, last])
  })

  it.each([
    ['2026-11-28', 6, '2026-10-26', '2026-12-06'],
    ['2027-02-10', 4, '2027-02-01', '2027-02-28'],
    ['2026-06-30', 5, '2026-06-01', '2026-07-05'],
  ])('the month of %s', (day, weeks, first, last) => {
    const month = monthOf(day)
    expect([month.length, month[0]?.[0], month.at(-1)?.at(-1)]).toEqual([weeks, first, last])
  })

  it('goes on by days and months', () => {
    expect([addDays('2026-12-31', 1), addDays('2026-03-01', -1), addMonths('2026-01-31', 1), addMonths('2026-01-31', -1)]).toEqual([
      '2027-01-01', '2026-02-28', '2026-02-01', '2025-12-01',
    ])
  })

  it.each([
    ['2026-11-28', null, { from: '2026-11-28', to: '2026-11-28' }],
    ['2026-11-28', '2026-12-01', { from: '2026-11-28', to: '2026-12-01' }],
    ['2026-11-28', '2026-11-01', { from: '2026-11-28', to: '2026-11-28' }],
    [null, '2026-12-01', undefined],
  ])('from %s to %s', (begin, end, span) => expect(spanOf(begin, end)).toEqual(span))
})
