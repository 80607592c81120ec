import { expect, it } from 'vitest'
import { isForgotten } from './topics'

const now = Date.parse('2026-11-28T10:00:00Z')
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
const topic = { topic: 'a', waiting: 1, oldest: before(1), locked: 0, plugin: false, asked_at: before(1), asked_by: 'one' }

it.each([
  ['somebody asks', {}, false],
  ['nobody has asked for long', { asked_at: before(6) }, true],
  ['nobody has asked for long, and nothing waits', { asked_at: before(60), waiting: 0, oldest: null }, false],
  ['the server has just been started', { asked_at: null, asked_by: null }, false],
  ['work waits, and nobody has ever asked', { asked_at: null, asked_by: null, oldest: before(6) }, true],
  ['much waits, and somebody asks', { waiting: 9_000, oldest: before(600) }, false],
])('%s', (_, part, expected) => {
  expect(isForgotten({ ...topic, ...part }, now)).toBe(expected)
})
