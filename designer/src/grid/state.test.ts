import { describe, expect, it } from 'vitest'
import type { EntityView } from '@/api/types'
import { baseOf, both, isChanged, nextSort, readState, writeState, type ListState } from './state'

const label = { zh: '', en: '' }
const entity: EntityView = {
  id: 'crm.deal',
  label,
  title_field: 'title',
  fields: [],
  list: ['title', 'stage'],
  sections: [],
  may: { create: true, read: true, update: true, delete: true },
  sort: { field: 'updated_at', descending: true },
  views: [
    {
      id: 'open',
      label,
      kind: 'kanban',
      scope: 'shipped',
      filter: { all: [{ field: 'stage', op: '!=', value: 'lost' }] },
      sort: ['-amount', 'title'],
      columns: ['title', 'amount'],
    },
  ],
}
const open = { all: [{ field: 'stage', op: '!=', value: 'lost' } as const] }

describe('a list', () => {
  it('begins as its entity says, or its view', () => {
    expect(readState(entity, {})).toEqual({
      view: '', mode: 'list', keyword: '', filter: null, sort: [{ field: 'updated_at', descending: true }], columns: ['title', 'stage'], trash: false,
    })
    expect(readState(entity, { view: 'open' })).toMatchObject({
      mode: 'kanban', filter: open, sort: [{ field: 'amount', descending: true }, { field: 'title', descending: false }], columns: ['title', 'amount'],
    })
    expect(readState(entity, { view: 'gone' })).toEqual(readState(entity, {}))
  })

  it.each<[string, Partial<ListState>, Record<string, string>]>([
    ['nothing changed', {}, { view: 'open' }],
    ['no filter any more', { filter: null }, { view: 'open', filter: 'none' }],
    ['no order any more', { sort: [] }, { view: 'open', sort: '' }],
    ['words', { keyword: '恒远' }, { view: 'open', q: '恒远' }],
    ['another page and columns', { mode: 'list', columns: ['stage'] }, { view: 'open', mode: 'list', columns: 'stage' }],
    ['the trash', { trash: true }, { view: 'open', trash: '1' }],
  ])('is written and read back: %s', (_name, change, query) => {
    const state = { ...baseOf(entity, 'open'), ...change }
    expect(writeState(entity, state)).toEqual(query)
    expect(readState(entity, query)).toEqual(state)
  })

  it.each<[Partial<ListState>, boolean]>([
    [{}, false],
    [{ keyword: 'x' }, false],
    [{ trash: true }, false],
    [{ mode: 'statistics' }, false],
    [{ filter: null }, true],
    [{ mode: 'calendar' }, true],
  ])('%o is worth saving: %s', (change, worth) => {
    expect(isChanged(entity, { ...baseOf(entity, 'open'), ...change })).toBe(worth)
  })

  it('a damaged address shows everything rather than nothing', () => {
    expect(readState(entity, { filter: '{"all":', mode: 'x' })).toMatchObject({ filter: null, mode: 'list' })
  })
})

it('a column is sorted up, down, and not at all', () => {
  const up = nextSort([{ field: 'a', descending: true }], 'b')
  const down = nextSort(up, 'b')
  expect([up, down, nextSort(down, 'b')]).toEqual([[{ field: 'b', descending: false }], [{ field: 'b', descending: true }], []])
})

it('two filters must both hold', () => {
  expect(both(null, null)).toBeNull()
  expect(both(open, null)).toBe(open)
  expect(both(open, open)).toEqual({ all: [open, open] })
})
