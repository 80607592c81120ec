import { expect, it } from 'vitest'
import { completion } from './completion'

const entered = { all: { days: '3', reason: null }, changed: { remark: 'x' } }
const record = { entity: 'quotes.quote', id: '9', version: 4 }

it('a process form sends all it may edit, as variables', () => {
  expect(completion({ source: 'variables', record: null }, entered, { comment: ' ' })).toEqual({
    variables: { days: '3', reason: null },
  })
})

it('a record sends only what was changed, with the version it was read in', () => {
  expect(completion({ source: 'record', record }, entered, { decision: 'approve', comment: ' 好 ' })).toEqual({
    decision: 'approve',
    comment: '好',
    variables: {},
    record: { version: 4, fields: { remark: 'x' } },
  })
  expect(completion({ source: 'record', record }, { ...entered, changed: {} }, { decision: 'reject', comment: '' })).toEqual({
    decision: 'reject',
    variables: {},
  })
})
