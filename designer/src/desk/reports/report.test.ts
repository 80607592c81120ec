import { describe, expect, it } from 'vitest'
import { Decimal } from '@/api/decimal'
import type { Json, ReportColumn, ReportTable } from '@/api/types'
import { cellText, csv, nextOrder, sorted, sums } from './report'

const column = (name: string, kind: ReportColumn['kind']): ReportColumn => ({ name, kind, label: { zh: name, en: name } })
const words = { yes: '是', no: '否' }
const table = (rows: Json[][]): ReportTable => ({
  columns: [column('客户', 'text'), column('金额', 'number'), column('付清', 'boolean')],
  rows,
})

describe('a report', () => {
  it('is sorted by what its columns mean, and what is empty comes last', () => {
    const rows: Json[][] = [['乙 10', 9, true], ['乙 2', null, false], ['甲', new Decimal('100'), null], ['', -1, true]]
    const by = (at: number, descending: boolean) => sorted(table(rows), { column: at, descending }, 'zh-CN').map((row) => row[0])
    expect(by(1, false)).toEqual(['', '乙 10', '甲', '乙 2'])
    expect(by(1, true)).toEqual(['甲', '乙 10', '', '乙 2'])
    expect(by(0, false)).toEqual(['甲', '乙 2', '乙 10', ''])
    expect(sorted(table(rows), undefined, 'zh-CN')).toBe(rows)
  })

  it('is sorted up, down, and then as it came', () => {
    const up = nextOrder(undefined, 1)
    const down = nextOrder(up, 1)
    expect([up, down, nextOrder(down, 1), nextOrder(up, 0)]).toEqual([
      { column: 1, descending: false },
      { column: 1, descending: true },
      undefined,
      { column: 0, descending: false },
    ])
  })

  it.each([
    [[0.1, 0.2], '0.3'],
    [[new Decimal('99999999999999999.99'), 0.02], '100000000000000000.01'],
    [[-1.5, 1, null], '-0.5'],
    [[-0.05, 0.05], '0.00'],
    [['7', 3], '10'],
  ])('adds up %j exactly', (values, expected) => {
    expect(sums(table(values.map((value) => ['', value, null])))).toEqual([null, expected, null])
  })

  it('has no sum without rows', () => {
    expect(sums(table([]))).toEqual([null, null, null])
  })

  it('shows values as people read them', () => {
    const [text, number, flag] = table([]).columns as [ReportColumn, ReportColumn, ReportColumn]
    expect([
      cellText(text, { title: '甲公司' }, words),
      cellText(number, new Decimal('1234567.50'), words),
      cellText(flag, false, words),
      cellText(text, null, words),
    ]).toEqual(['甲公司', '1,234,567.50', '否', ''])
  })

  it('is a file that a spreadsheet reads as it is, and never as a formula', () => {
    const rows: Json[][] = [['甲,"乙"', -1234.5, true], ['=1+1', null, false], ['－x', new Decimal('1.10'), null]]
    expect(csv(table(rows), ({ label }) => label.zh, words)).toBe(
      '\uFEFF客户,金额,付清\r\n"甲,""乙""",-1234.5,是\r\n\'=1+1,,否\r\n\'－x,1.10,\r\n',
    )
  })
})
