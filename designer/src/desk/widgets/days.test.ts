import { expect, it } from 'vitest'
import type { Field, Json, RecordRow } from '@/api/types'
import { byDay } from './days'

const field: Field = { id: 'at', label: { zh: '', en: '' }, type: 'date-time', required: false, read_only: false }
const record = (id: string, at: Json): RecordRow => ({
  id,
  version: 1,
  owner: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  fields: { at },
  display: {},
  title: id,
})

it('records stand on their days in the order in which they came, and those without a day nowhere', () => {
  const local = (text: string) => new Date(text).toISOString()
  const records = [
    record('a', local('2026-11-23T18:05:00')),
    record('b', local('2026-11-23T09:30:00')),
    record('c', null),
    record('d', '2026-11-20'),
  ]
  const found = byDay(records, field).map(({ day, entries }) => [day, ...entries.map((entry) => `${entry.time}${entry.record.id}`)])
  expect(found).toEqual([
    ['2026-11-23', '18:05a', '09:30b'],
    ['2026-11-20', 'd'],
  ])
})
