import { describe, expect, it } from 'vitest'
import type { ImportColumns, RecordImport } from '@/api/imports'
import type { EntityView, Field } from '@/api/types'
import { firstSettings, importable, isComplete, mapColumn, missing, part, possibleKeys, targets, withMode } from './mapping'

const label = { zh: '', en: '' }
const field = (id: string, more: Partial<Field> = {}): Field => ({ id, label, type: 'text', required: false, read_only: false, ...more })
const entity = {
  id: 'a.b',
  fields: [
    field('code', { required: true }),
    field('name', { required: true, default: '-' }),
    field('secret', { access: 'masked' }),
    field('locked', { read_only: true }),
    field('papers', { type: 'attachment' }),
    field('lines', {
      type: 'lines',
      required: true,
      columns: [field('product', { required: true }), field('quantity', { required: true, default: 1 }), field('amount', { type: 'formula' })],
    }),
  ],
} as unknown as EntityView
const columns = (more: Partial<RecordImport> = {}): ImportColumns => ({
  import: { headings: ['编号', '名称', '?'], options: null, ...more } as RecordImport,
  suggestion: ['code', 'secret', null],
  keys: ['code'],
  sample: [],
})
const first = firstSettings(entity, columns())

describe('the mapping of columns', () => {
  it('offers what a person may write', () => {
    expect(importable(entity).map(({ id }) => id)).toEqual(['code', 'name', 'lines'])
    expect(targets(entity, []).map(({ id }) => id)).toEqual(['code', 'name', 'lines', 'lines.product', 'lines.quantity'])
  })

  it('begins with what is suggested and allowed', () => {
    expect(first.columns).toEqual(['code', null, null])
    expect(first.start_processes).toBe(false)
  })

  it('keeps what was chosen before', () => {
    const options = { ...first, columns: [null, 'name'], mode: 'create' as const }
    expect(firstSettings(entity, columns({ options })).columns).toEqual([null, 'name', null])
  })

  it('puts a field into one column', () => {
    expect(mapColumn(first, 2, 'code').columns).toEqual([null, null, 'code'])
    expect(mapColumn(first, 0, null).columns).toEqual([null, null, null])
  })

  it('finds records by a key that a column holds', () => {
    const both = withMode(first, 'both', ['code'])
    expect(both.key).toBe('code')
    expect(possibleKeys(both, ['code', 'number'])).toEqual(['code'])
    expect(mapColumn(both, 0, null).key).toBe(null)
    expect(isComplete(mapColumn(both, 0, 'name'))).toBe(false)
  })

  it('says which required fields are missing', () => {
    expect(missing(entity, mapColumn(first, 0, 'name')).map(({ id }) => id)).toEqual(['code', 'lines'])
    expect(missing(entity, { ...first, mode: 'update' })).toEqual([])
    const quantities = mapColumn(first, 2, 'lines.quantity')
    expect(missing(entity, quantities).map(({ id }) => id)).toEqual(['lines.product'])
    expect(missing(entity, { ...quantities, mode: 'update' }).map(({ id }) => id)).toEqual(['lines.product'])
  })

  it('puts rows together by a key when they say line items', () => {
    const lines = mapColumn(first, 2, 'lines.product', ['code'])
    expect([first.key, lines.key, withMode(lines, 'create', ['code']).key]).toEqual([null, 'code', 'code'])
    expect(mapColumn(lines, 0, null, ['code']).key).toBe(null)
    expect(firstSettings(entity, { ...columns(), suggestion: ['code', 'lines.product', null] }).key).toBe('code')
  })

  it('knows when there is nothing to import', () => {
    expect(isComplete(first)).toBe(true)
    expect(isComplete({ ...first, columns: ['owner', null, null] })).toBe(false)
  })

  it('tells how far it is', () => {
    expect([part(0, 0), part(5, 10), part(20, 10)]).toEqual([0, 0.5, 1])
  })
})
