import { afterEach, describe, expect, it } from 'vitest'
import { distance, fileSize, relative, wholeNumber } from './format'
import { setLanguage } from './index'

afterEach(() => setLanguage('zh-CN'))

describe('sizes', () => {
  const KiB = 1024
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1023, '1,023 B'],
    [KiB, '1 KiB'],
    [1.55 * KiB, '1.6 KiB'],
    [99.94 * KiB, '99.9 KiB'],
    [99.96 * KiB, '100 KiB'],
    [1023.4 * KiB, '1,023 KiB'],
    [1023.6 * KiB, '1 MiB'],
    [20_543_229_952, '19.1 GiB'],
    [5_000 * KiB ** 4, '5,000 TiB'],
  ])('%d bytes', (bytes, words) => {
    expect(fileSize(bytes)).toBe(words)
  })
})

describe('moments', () => {
  const now = Date.parse('2026-11-28T08:00:00Z')
  it.each([
    ['2026-11-28T07:55:00Z', '5 minutes ago', '5 minutes ago'],
    ['2026-11-28T18:00:00Z', 'in 10 hours', 'in 10 hours'],
    ['2026-10-19T08:00:00Z', '2026-10-19', '40 days ago'],
  ])('%s', (at, near, far) => {
    setLanguage('en')
    expect([relative(at, now), distance(at, now)]).toEqual([near, far])
  })
})

it('numbers are grouped', () => {
  expect(wholeNumber(1_234_567)).toBe('1,234,567')
})
