import { describe, expect, it } from 'vitest'
import { Decimal } from '@/api/decimal'
import { writeJson } from '@/api/json'
import type { Access, Field, FormField, Values } from '@/api/types'
import { accessOf, changedValues, draftsFrom, mistakes, newLine, rebase, valuesFrom, type LineDraft } from './draft'

const field = (id: string, type: Field['type'], more: Partial<FormField> = {}): FormField => ({
  id,
  type,
  label: { zh: id, en: id },
  required: false,
  read_only: false,
  ...more,
})

const fields = [
  field('title', 'text', { required: true }),
  field('total', 'money'),
  field('count', 'number'),
  field('urgent', 'boolean'),
  field('on', 'date'),
  field('customer', 'reference'),
  field('lines', 'lines', { columns: [field('product', 'text', { required: true }), field('amount', 'money', { read_only: true })] }),
]
const values: Values = {
  title: '报价',
  total: 4200.5,
  count: new Decimal('12345678901234567890.1'),
  urgent: true,
  on: '2026-03-01',
  customer: { id: '7', name: '恒远' },
  lines: [{ id: 'a', product: '服务器', amount: 10 }],
}

describe('drafts', () => {
  it('show numbers as their digits, amounts with their places, references as ids', () => {
    const drafts = draftsFrom(fields, values)
    expect(drafts).toMatchObject({ total: '4200.50', count: '12345678901234567890.1', customer: '7', on: '2026-03-01' })
  })

  it('become values again, numbers exactly, empty as null', () => {
    const drafts = { ...draftsFrom(fields, values), total: '１，２００.10', title: '  ' }
    const back = valuesFrom(fields, drafts)
    expect(writeJson({ total: back['total'], count: back['count'], title: back['title'] })).toBe(
      '{"total":1200.10,"count":12345678901234567890.1,"title":null}',
    )
  })

  it('keep what no column shows of a line, and its read-only parts', () => {
    expect(valuesFrom(fields, draftsFrom(fields, values))['lines']).toEqual([{ id: 'a', product: '服务器', amount: 10 }])
  })

  it('send only what was changed', () => {
    const drafts = draftsFrom(fields, values)
    expect(changedValues(fields, values, drafts)).toEqual({})
    expect(changedValues(fields, values, { ...drafts, urgent: false })).toEqual({ urgent: false })
    const lines = [...(drafts['lines'] as LineDraft[]), newLine(fields[6]?.columns ?? [])]
    expect(Object.keys(changedValues(fields, values, { ...drafts, lines }))).toEqual(['lines'])
  })

  it('never send what may only be read', () => {
    const read = fields.map((each) => ({ ...each, access: 'read' as Access }))
    expect(valuesFrom(read, draftsFrom(read, values))).toEqual({})
  })
})

it.each<[Partial<FormField>, Access]>([
  [{}, 'edit'],
  [{ required: true }, 'required'],
  [{ read_only: true, required: true }, 'read'],
  [{ type: 'auto-number' }, 'read'],
  [{ read_only: true, access: 'edit' }, 'read'],
  [{ access: 'edit', required: true }, 'required'],
  [{ access: 'required' }, 'required'],
  [{ access: 'hidden', read_only: true }, 'hidden'],
])('%o may be: %s', (more, access) => expect(accessOf(field('x', 'text', more))).toBe(access))

it('mistakes are found by path', () => {
  const drafts = { ...draftsFrom(fields, values), title: ' ', total: '12o', lines: [newLine(fields[6]?.columns ?? [])] }
  expect(mistakes(fields, drafts)).toEqual({
    title: 'forms.mistake.required',
    total: 'forms.mistake.number',
    'lines.0.product': 'forms.mistake.required',
  })
})

describe('when somebody else saved meanwhile', () => {
  const before = { title: 'A', total: 1, urgent: false }
  const drafts = { ...draftsFrom(fields, before), title: 'mine', total: '5.00' }

  it('what was entered stays, the rest follows, and only fields changed by both are disputed', () => {
    const rebased = rebase(fields, before, drafts, { title: 'theirs', total: 1, urgent: true })
    expect(rebased.drafts).toMatchObject({ title: 'mine', total: '5.00', urgent: true })
    expect(rebased.disputed).toEqual(['title'])
  })
})
