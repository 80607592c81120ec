/** Every type of field: what its value looks like while it is edited, when it is sent, and when it is read. */
import { beforeAll, describe, expect, it } from 'vitest'
import { Decimal } from '@/api/decimal'
import { writeJson } from '@/api/json'
import type { Field, FieldType, Json } from '@/api/types'
import { setLanguage } from '@/i18n'
import { displayText } from './display'
import { changedValues, draftsFrom, mistakes, rekeyed, valuesFrom, type Draft } from './draft'
import { namesOf } from './names'

beforeAll(() => setLanguage('zh-CN'))

const field = (type: FieldType, more: Partial<Field> = {}): Field => ({
  id: 'x',
  type,
  label: { zh: 'x', en: 'x' },
  required: false,
  read_only: false,
  ...more,
})
const entry = (id: string, zh: string, parent?: string) => ({ id, label: { zh, en: id }, ...(parent && { parent }) })
const regions = [entry('js', '江苏'), entry('sz', '苏州', 'js')]
const file = { file: 'f1', name: '合同.pdf', size: 12, type: 'application/pdf' }

describe.each<[string, Field, Json, Draft, string]>([
  ['text', field('text'), '甲', '甲', '甲'],
  ['number', field('number', { scale: 3 }), 0.15, '0.15', '0.15'],
  ['decimal', field('decimal', { scale: 2 }), 0.5, '0.5', '0.50'],
  ['money as text', field('money', { currency: 'CNY' }), '1200.5', '1200.50', '¥1,200.50'],
  ['time', field('time'), '09:30', '09:30', '09:30'],
  ['choices', field('choice', { multiple: true, choices: regions }), ['js', 'sz'], ['js', 'sz'], '江苏、苏州'],
  ['tree', field('tree-choice', { choices: regions }), 'sz', 'sz', '江苏 / 苏州'],
  ['trees', field('tree-choice', { choices: regions, multiple: true }), ['sz', 'gone'], ['sz', 'gone'], '江苏 / 苏州、gone'],
  ['persons', field('person', { multiple: true }), ['11', '12'], ['11', '12'], '11、12'],
  ['address', field('address', { choices: regions }), { region: 'sz', detail: '1 号' }, { region: 'sz', detail: '1 号', postcode: '' }, '江苏 苏州 1 号'],
  ['files', field('attachment'), [file], [file], '合同.pdf'],
  ['rich text', field('rich-text'), '<p>一<b>二</b></p>', '<p>一<b>二</b></p>', '一二'],
])('%s', (_name, of, value, draft, words) => {
  it('is edited, sent unchanged, and read', () => {
    const drafts = draftsFrom([of], { x: value })
    expect(drafts['x']).toEqual(draft)
    expect(changedValues([of], { x: value }, drafts)).toEqual({})
    expect(displayText(of, value)).toBe(words)
  })

  it('may be emptied, unless it is required', () => {
    const drafts = draftsFrom([of], {})
    const sent = valuesFrom([of], drafts)['x']
    expect(sent === null || (Array.isArray(sent) && sent.length === 0)).toBe(true)
    expect(mistakes([{ ...of, required: true }], drafts)).toEqual({ x: 'forms.mistake.required' })
    expect(displayText(of, null)).toBe('')
  })
})

it('what is computed is shown as what it comes to, and never sent', () => {
  const formula = field('formula', { result: 'money', currency: 'CNY' })
  expect(displayText(formula, new Decimal('12345678901234567890.10'))).toBe('¥12,345,678,901,234,567,890.10')
  expect(displayText(field('roll-up', { result: 'date' }), '2026-11-28')).toBe('2026-11-28')
  expect(valuesFrom([formula, field('roll-up'), field('text', { access: 'masked' })], {})).toEqual({})
})

it('files are sent as the server gave them, and survive being kept', () => {
  const of = field('picture')
  const kept = rekeyed(draftsFrom([of], { x: [file] }))
  expect(writeJson(valuesFrom([of], kept)['x'])).toBe(writeJson([file]))
})

it.each([
  [{ 'x.0': '王丽', 'x.1': '陈建国' }, ['王丽', '陈建国']],
  [{ x: '王丽、陈建国' }, ['王丽', '陈建国']],
  [{}, []],
])('names of several: %o', (display, names) => expect(namesOf(display, 'x')).toEqual(names))
