import { expect, test } from 'vitest'
import type { FormField } from '@/api/types'
import { chosenBeside } from './beside'

const field = (id: string, entity: string, more: Partial<FormField> = {}): FormField => ({
  id,
  type: 'reference',
  entity,
  label: { zh: id, en: id },
  required: false,
  read_only: false,
  ...more,
})

test('a form names the records that it has chosen, and none where it could be two', () => {
  const fields = [
    field('customer', 'customers.customer'),
    field('from', 'stock.place'),
    field('to', 'stock.place'),
    field('helpers', 'system.person', { multiple: true }),
    field('order', 'orders.order'),
    field('note', '', { type: 'text' }),
  ]
  const drafts: Record<string, string | string[]> = { customer: '7', from: '1', to: '', helpers: ['3'], order: '', note: '9' }
  expect(chosenBeside(fields, ({ id }) => drafts[id] as never)).toEqual({ 'customers.customer': '7' })
})
