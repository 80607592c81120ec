import { expect, it } from 'vitest'
import type { Field, Json } from '@/api/types'
import { amountOf, drillFilter, slices } from './figures'

const field = (type: Field['type'], more: Partial<Field> = {}): Field => ({
  id: 'x', type, label: { zh: '', en: '' }, required: false, read_only: false, ...more,
})

it.each<[Field, Json, unknown]>([
  [field('choice'), 'a', { field: 'x', op: '=', value: 'a' }],
  [field('choice'), null, { field: 'x', op: 'empty' }],
  [field('person', { multiple: true }), '11', { field: 'x', op: 'contains', value: '11' }],
  [field('date'), '2026-11', null],
])('a bar leads to what it counts', (of, key, filter) => expect(drillFilter(of, key)).toEqual(filter))

it('a pie is whole', () => {
  const [a, b, none] = slices([3, 1, 0])
  expect([a?.part, b?.part, none?.part]).toEqual([0.75, 0.25, 0])
  expect(a?.path).toBe('M0,0L0,-1A1,1,0,1,1,-1,0Z')
  expect(none?.path).toBe('')
  expect(slices([5])[0]?.path).toContain('A1,1,0,1,1,0,1')
  expect(slices([0, 0]).map(({ path }) => path)).toEqual(['', ''])
  expect(slices([-4, 4]).map(({ part }) => part)).toEqual([0, 1])
})

it('sums come as texts', () => {
  expect([amountOf({ count: 2, sum: '12.50' }, true), amountOf({ count: 2, sum: null }, true), amountOf({ count: 2 }, false)]).toEqual([12.5, 0, 2])
})
