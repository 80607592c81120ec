import { describe, expect, it } from 'vitest'
import { fromIso, repetitionFromIso, repetitionToIso, toIso } from './duration'
import { isComplete, parseFilter, toRows, writeRows, type Test } from './filter'
import { operatorsFor, typedValue } from './operators'

describe('condition rows', () => {
  it.each([
    '{"all":[{"field":"total","op":">","value":50000}]}',
    '{"any":[{"field":"kind","op":"in","value":["年假","病假"]},{"field":"note","op":"empty"}]}',
  ])('write the JSON they were read from: %s', (json) => {
    const filter = parseFilter(json)
    const rows = filter && toRows(filter)
    expect(rows && writeRows(rows)).toBe(json)
  })

  it('take a single test as one row', () => {
    expect(toRows({ field: 'a', op: '=', value: 1 })).toEqual({ join: 'all', rows: [{ field: 'a', op: '=', value: 1 }] })
  })

  it.each([
    '{"all":[{"any":[{"field":"a","op":"=","value":1}]}]}',
    '{"not":{"field":"a","op":"=","value":1}}',
  ])('leave deeper filters alone: %s', (json) => {
    const filter = parseFilter(json)
    expect(filter).toBeDefined()
    expect(filter && toRows(filter)).toBeUndefined()
  })

  it.each(['', '{}', '[]', '{"field":"a","op":"~"}', '{"all":[1]}'])('refuse what is no filter: %s', (json) => {
    expect(parseFilter(json)).toBeUndefined()
  })

  it('leave out rows without a field, and the value of a unary operator', () => {
    const rows: Test[] = [
      { field: '', op: '=' },
      { field: 'note', op: 'empty', value: 'x' },
    ]
    expect(writeRows({ join: 'all', rows })).toBe('{"all":[{"field":"note","op":"empty"}]}')
    expect(writeRows({ join: 'all', rows: [] })).toBeUndefined()
  })

  it.each<[Test, boolean]>([
    [{ field: 'a', op: '>', value: 0 }, true],
    [{ field: 'a', op: '=', value: false }, true],
    [{ field: 'a', op: 'empty' }, true],
    [{ field: 'a', op: '>' }, false],
    [{ field: 'a', op: 'in', value: [] }, false],
    [{ field: '', op: '=', value: 1 }, false],
  ])('know when they are complete: %j', (test, complete) => {
    expect(isComplete(test)).toBe(complete)
  })

  it('begin with "more than" for amounts and write amounts as numbers', () => {
    expect(operatorsFor('money')[0]).toBe('>')
    expect(typedValue('money', '50,000')).toBe(50000)
    expect(typedValue('number', 'three')).toBe('three')
    expect(typedValue('text', '50')).toBe('50')
  })
})

describe('lengths of time', () => {
  it.each([
    ['PT8H', { amount: 8, unit: 'hours' }],
    ['P3D', { amount: 3, unit: 'days' }],
    ['P2W', { amount: 2, unit: 'weeks' }],
    ['PT90M', { amount: 90, unit: 'minutes' }],
  ] as const)('%s is an amount and a unit', (iso, duration) => {
    expect(fromIso(iso)).toEqual(duration)
    expect(toIso(duration)).toBe(iso)
  })

  it('take the largest unit that says a mixture exactly', () => {
    expect(fromIso('P1DT12H')).toEqual({ amount: 36, unit: 'hours' })
    expect(fromIso('PT1H30M')).toEqual({ amount: 90, unit: 'minutes' })
  })

  it.each(['PT30S', 'P1M', 'P', 'PT', 'soon'])('have no words for %s', (iso) => {
    expect(fromIso(iso)).toBeUndefined()
  })

  it('repeat', () => {
    expect(repetitionFromIso('R2/PT1H')).toEqual({ times: 2, every: { amount: 1, unit: 'hours' } })
    expect(repetitionToIso({ every: { amount: 1, unit: 'days' } })).toBe('R/P1D')
  })
})
