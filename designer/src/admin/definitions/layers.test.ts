import { describe, expect, it } from 'vitest'
import { noDefinitions, placesOf, type Definitions, type EntityDocument, type FieldDocument } from './document'
import { newLabel, relabelled } from './labels'
import { changesBetween, difference, merged, shownEntity, withChanges, withEntity } from './layers'
import { rebased } from './rebase'

const label = (zh: string) => ({ zh, en: zh })
const field = (pos: number, name: string, more: Partial<FieldDocument> = {}): FieldDocument => ({ pos, type: 'text', label: label(name), ...more })
const quote: EntityDocument = {
  label: label('报价'),
  title: 'number',
  fields: { number: field(1, '编号'), total: field(2, '金额', { type: 'money' }) },
  columns: { number: 1, total: 2 },
  views: { late: { pos: 1, label: label('逾期'), kind: 'list', filter: { all: [{ field: 'total', op: '>', value: 1 }] } } },
}
const shipped: Definitions = { ...noDefinitions(), entities: { 'quotes.quote': quote } }

describe('an entity of a plugin', () => {
  const wants: [string, EntityDocument, object | undefined][] = [
    ['is not in the layer when nothing differs', quote, undefined],
    ['has its new name there', { ...quote, label: label('报价单') }, { label: label('报价单') }],
    [
      'has an added field there',
      { ...quote, fields: { ...quote.fields, stamp: field(3, '盖章') } },
      { fields: { stamp: field(3, '盖章') } },
    ],
    [
      'has there what changed of a field',
      { ...quote, fields: { ...quote.fields, total: { ...quote.fields['total']!, required: true } } },
      { fields: { total: { required: true } } },
    ],
    ['leaves out a column that is not shown', { ...quote, columns: placesOf(['total']) }, { columns: { number: false, total: 1 } }],
    [
      'has a changed condition there as a whole',
      { ...quote, views: { late: { ...quote.views!['late']!, filter: { any: [{ field: 'total', op: 'empty' }] } } } },
      { views: { late: { filter: { any: [{ field: 'total', op: 'empty' }] } } } },
    ],
  ]

  it.each(wants)('%s', (_, wanted, expected) => {
    const layer = withEntity(shipped, noDefinitions(), 'quotes.quote', wanted)
    expect(layer.extend['quotes.quote']).toEqual(expected)
    expect(layer.entities).toEqual({})
    const shown = shownEntity(shipped, layer, 'quotes.quote')
    expect({ ...shown, columns: undefined }).toEqual({ ...wanted, columns: undefined })
  })
})

it('an own entity is in the layer as a whole', () => {
  const layer = withEntity(shipped, noDefinitions(), 'own.thing', quote)
  expect(layer.entities['own.thing']).toEqual(quote)
  expect(withEntity(shipped, layer, 'own.thing', undefined).entities).toEqual({})
})

it('what is merged and what differs undo each other', () => {
  const wanted = { a: { b: 2, c: { d: 1 } }, e: [1] }
  const below = { a: { b: 1, c: { d: 1 } }, e: [2] }
  expect(merged(below, difference(below, wanted))).toEqual(wanted)
  expect(difference(below, below)).toBeUndefined()
})

it('changes lead from one layer to the other', () => {
  const from: Definitions = { ...noDefinitions(), roles: { 'own-a': { label: label('甲') }, 'own-b': { label: label('乙') } } }
  const to: Definitions = { ...noDefinitions(), roles: { 'own-b': { label: label('丙') } }, totals: {} }
  const changes = changesBetween(from, to)
  expect(changes).toEqual([
    { kind: 'roles', id: 'own-a', value: null },
    { kind: 'roles', id: 'own-b', value: { label: label('丙') } },
  ])
  expect(withChanges(from, changes)).toEqual(to)
})

describe('a draft is carried over what others save', () => {
  const before = withEntity(shipped, noDefinitions(), 'own.thing', quote)
  const edited = (change: Partial<EntityDocument>) => withEntity(shipped, before, 'own.thing', { ...quote, ...change })

  it('both are kept when they are about different things', () => {
    const { layer, conflicts } = rebased(before, edited({ title: 'total' }), edited({ sort: 'number' }))
    expect(conflicts).toEqual([])
    expect(layer.entities['own.thing']).toMatchObject({ title: 'total', sort: 'number' })
  })

  it('the same thing changed in two ways is for a person to decide', () => {
    const { layer, conflicts } = rebased(before, edited({ title: 'total' }), edited({ title: 'other' }))
    expect(conflicts.map(({ kind, id }) => [kind, id])).toEqual([['entities', 'own.thing']])
    expect(layer.entities['own.thing']?.title).toBe('total')
  })

  it('what others removed and nobody touched here is gone', () => {
    const { layer, conflicts } = rebased(before, edited({}), noDefinitions())
    expect(conflicts).toEqual([])
    expect(layer.entities).toEqual({})
  })
})

it('a name follows in the other language until it is told apart', () => {
  expect(relabelled(newLabel('合同'), '协议', 'zh-CN')).toEqual({ zh: '协议', en: '协议' })
  expect(relabelled({ zh: '合同', en: 'Contract' }, '协议', 'zh-CN')).toEqual({ zh: '协议', en: 'Contract' })
  expect(relabelled({ zh: '合同', en: 'Contract' }, 'Deal', 'en')).toEqual({ zh: '合同', en: 'Deal' })
})
