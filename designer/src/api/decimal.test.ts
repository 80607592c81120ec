import { describe, expect, it } from 'vitest'
import { Decimal, decimalText, groupedText, parseDecimal, withPlaces } from './decimal'
import { parseJson, writeJson } from './json'

describe('a number that was typed', () => {
  it.each([
    ['1200.50', '1200.50'],
    ['1,200.50', '1200.50'],
    ['１２３．５', '123.5'],
    ['-7', '-7'],
    ['+7', '7'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['99999999999999999999.99', '99999999999999999999.99'],
  ])('%s is %s', (typed, text) => expect(parseDecimal(typed)?.text).toBe(text))

  it.each(['', '-', '.', 'abc', '1.2.3', '1e5', '十'])('"%s" is none', (typed) => expect(parseDecimal(typed)).toBeNull())
})

describe('numbers in JSON', () => {
  it.each(['12345678901234567890.12', '0.1', '4200.5', '-9007199254740993', '1e3'])('keep their value: %s', (digits) => {
    const { amount } = parseJson(`{"amount":${digits},"note":"say \\"${digits}\\""}`) as { amount: unknown }
    const exact = digits === '1e3' ? '1000' : digits
    expect(decimalText(amount)).toBe(exact)
    expect(writeJson({ amount: new Decimal(exact) })).toBe(`{"amount":${exact}}`)
  })

  it('leave strings that look like numbers alone', () => {
    const text = '{"phone":"013800138000000000","list":[1,"2"]}'
    expect(writeJson(parseJson(text))).toBe(text)
  })
})

it.each([
  [0.0000001, '0.0000001'],
  [1.5e21, '1500000000000000000000'],
  [true, ''],
  [null, ''],
])('the digits of %s are "%s"', (value, text) => expect(decimalText(value)).toBe(text))

it('an amount is grouped and padded, never cut', () => {
  expect(groupedText('-1234567.5', 2)).toBe('-1,234,567.50')
  expect(groupedText('0.12345', 2)).toBe('0.12345')
  expect(withPlaces('4200.5', 2)).toBe('4200.50')
  expect(withPlaces('', 2)).toBe('')
})
