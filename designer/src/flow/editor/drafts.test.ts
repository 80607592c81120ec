import { beforeEach, describe, expect, it } from 'vitest'
import { draftKeys, readDraft, removeDraft, writeDraft } from './drafts'

describe('a draft', () => {
  beforeEach(() => localStorage.clear())

  it('is kept by process until it is removed', () => {
    const draft = { xml: '<a/>', base: 2, savedAt: '2026-01-01T00:00:00Z' }
    expect(writeDraft('leave', draft)).toBe(true)
    expect([readDraft('leave'), readDraft('other'), draftKeys()]).toEqual([draft, undefined, ['leave']])
    removeDraft('leave')
    expect(readDraft('leave')).toBeUndefined()
  })

  it.each(['', '{', '{"xml":1}', 'null'])('that cannot be read is none: %s', (stored) => {
    localStorage.setItem('kapok.flow.draft.leave', stored)
    expect(readDraft('leave')).toBeUndefined()
  })
})
