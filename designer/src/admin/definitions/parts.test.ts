/** The small languages that are put together by mouse. */
import { describe, expect, it } from 'vitest'
import type { Entry, Keyed } from './document'
import { entryRows, movedEntry, withNewEntries, withoutEntry } from './entries'
import { withoutField } from './fields'
import { parseChain, writeChain } from './formula'
import { newName, newQualifiedName, newRoleCode } from './ids'
import { parsePattern, sampleNumber, writePattern } from './numberPattern'
import { moved, reordered } from './tables'

const label = (zh: string) => ({ zh, en: zh })
const first = () => 0

describe('formulas', () => {
  it.each(['quantity * price', 'total - paid', 'price * 1.13', 'a + b * c / 2', 'amount_k3f8'])('%s is a chain', (text) => {
    const chain = parseChain(text)
    expect(chain && writeChain(chain)).toBe(text)
  })

  it.each(['(a + b) * c', 'round(a)', 'a >', '', 'a b', 'if a { b }'])('%s is more than that, or nothing', (text) => {
    expect(parseChain(text)).toBeUndefined()
  })
})

describe('automatic numbers', () => {
  it.each([
    ['BJ{yyyyMMdd}-{0000}', { prefix: 'BJ', date: 'yyyyMMdd', digits: 4 }, 'BJ20261128-0001'],
    ['HT{yyyy}-{000}', { prefix: 'HT', date: 'yyyy', digits: 3 }, 'HT2026-001'],
    ['K{00000}', { prefix: 'K', date: '', digits: 5 }, 'K00001'],
  ] as const)('%s', (pattern, parts, sample) => {
    expect(parsePattern(pattern)).toEqual(parts)
    expect(writePattern(parts)).toBe(pattern)
    expect(sampleNumber(parts, '2026-11-28')).toBe(sample)
  })

  it('others are left as they are', () => {
    expect(parsePattern('{0000}/{yyyy}')).toBeUndefined()
  })
})

describe('names', () => {
  it.each([
    ['Note 2', 'text', 'note_2_aaaa'],
    ['备注', 'text', 'text_aaaa'],
    ['3D 模型', 'text', 'text_aaaa'],
  ])('of %s', (typed, fallback, name) => {
    expect(newName(typed, fallback, [], first)).toBe(name)
  })

  it('are not given twice', () => {
    const numbers = [0, 0, 0, 0, 0.5, 0, 0, 0]
    expect(newName('', 'text', ['text_aaaa'], () => numbers.shift() ?? 0)).not.toBe('text_aaaa')
  })

  it('fit the definition language', () => {
    expect(newQualifiedName('合同 A', 'record', [], first)).toMatch(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/)
    expect(newRoleCode('助理', [], first)).toMatch(/^[a-z][a-z0-9_-]*$/)
  })
})

describe('order', () => {
  it.each([
    [0, 2, ['b', 'c', 'a']],
    [2, 0, ['c', 'a', 'b']],
    [0, 9, ['a', 'b', 'c']],
  ])('%i to %i', (from, to, result) => {
    expect(moved(['a', 'b', 'c'], from, to)).toEqual(result)
  })

  it('changes no more places than it must', () => {
    const table = { a: { pos: 10 }, b: { pos: 20 }, c: { pos: 30 } }
    expect(reordered(table, ['b', 'a', 'c'])).toEqual({ a: { pos: 20 }, b: { pos: 10 }, c: { pos: 30 } })
  })

  it('is told apart where places were the same', () => {
    expect(reordered({ a: { pos: 1 }, b: { pos: 1 } }, ['b', 'a'])).toEqual({ b: { pos: 1 }, a: { pos: 2 } })
  })
})

describe('a tree of choices', () => {
  const entries: Keyed<Entry> = {
    gd: { pos: 1, label: label('广东') },
    js: { pos: 2, label: label('江苏') },
    sz: { pos: 3, label: label('深圳'), parent: 'gd' },
    gz: { pos: 4, label: label('广州'), parent: 'gd' },
  }
  const read = (table: Keyed<Entry>) => entryRows(table, true).map(({ id, depth }) => `${depth}${id}`)

  it('is read from the top, what stands below right after', () => {
    expect(read(entries)).toEqual(['0gd', '1sz', '1gz', '0js'])
  })

  it.each([
    ['siblings change places', 1, 2, ['0gd', '1gz', '1sz', '0js']],
    ['a branch moves as a whole', 3, 0, ['0js', '0gd', '1sz', '1gz']],
    ['nothing goes below itself', 0, 1, ['0js', '0gd', '1sz', '1gz']],
    ['dragged far away it becomes a sibling there', 1, 3, ['0gd', '1gz', '0sz', '0js']],
  ])('%s', (_, from, to, result) => {
    expect(read(movedEntry(entries, true, from, to))).toEqual(result)
  })

  it('a circle hides nothing for ever', () => {
    expect(read({ a: { pos: 1, label: label('甲'), parent: 'b' }, b: { pos: 2, label: label('乙') } })).toEqual(['0b', '1a'])
  })

  it('grows and shrinks', () => {
    const more = withNewEntries(entries, ['佛山', '佛山'], 'gd', first)
    expect(Object.keys(more)).toHaveLength(5)
    expect(read(withoutEntry(more, 'gd'))).toEqual(['0js'])
  })
})

it('a field that goes takes with it all that speaks of it', () => {
  const entity = withoutField(
    {
      label: label('合同'),
      title: 'name',
      fields: { name: { pos: 1, type: 'text', label: label('名称') }, day: { pos: 2, type: 'date', label: label('日期') } },
      columns: { name: 1, day: 2 },
      sort: '-day',
      calendar: 'day',
      unique: { one: { fields: ['name', 'day'] }, two: { fields: ['name'] } },
      views: { v: { pos: 1, label: label('全部'), kind: 'list', columns: { day: 1, name: 2 } } },
    },
    'day',
  )
  expect(entity).toEqual({
    label: label('合同'),
    title: 'name',
    fields: { name: { pos: 1, type: 'text', label: label('名称') } },
    columns: { name: 1 },
    unique: { two: { fields: ['name'] } },
    views: { v: { pos: 1, label: label('全部'), kind: 'list', columns: { name: 2 } } },
  })
})
