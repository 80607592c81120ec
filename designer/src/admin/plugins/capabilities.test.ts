import { describe, expect, it } from 'vitest'
import type { Capabilities } from '@/api/types'
import { grants, withGrants } from './capabilities'

const all: Capabilities = {
  records: {
    'hello.order': { actions: ['read', 'update'], fields: null },
    'hello.account': { actions: ['read'], fields: ['name'] },
  },
  processes: { start: ['approval'], messages: ['paid', 'sent'], signals: [], tasks: true },
  messages: ['page', 'mail'],
  http: true,
}

describe('what a plugin asks for', () => {
  it('is agreed to one by one', () => {
    const keys = grants(all, {}).map((grant) => grant.key)
    expect(keys).toHaveLength(9)
    expect(withGrants(all, keys)).toEqual(all)
    const some = withGrants(all, ['records hello.account', 'messages paid', 'message mail'])
    expect(some.records).toEqual({ 'hello.account': { actions: ['read'], fields: ['name'] } })
    expect(some.processes).toEqual({ start: [], messages: ['paid'], signals: [], tasks: false })
    expect([some.messages, some.http]).toEqual([['mail'], false])
  })

  it('is said in the words that people know', () => {
    const both = (en: string) => ({ zh: en, en })
    const names = { 'hello.order': both('Orders'), 'hello.account': both('Accounts'), 'hello.account.name': both('Name') }
    expect(grants(all, names).slice(0, 2).map(({ words }) => words)).toEqual(['Orders: read, change', 'Accounts: read (only: Name)'])
    expect(grants(all, {})[1]?.words).toContain('hello.account')
  })
})
