import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Hint } from '@/api/types'
import { useHints, useStream } from './stream'

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static last: FakeSource
  readyState = 1
  constructor(readonly url: string) {
    super()
    FakeSource.last = this
  }
  close(): void {
    this.readyState = FakeSource.CLOSED
  }
  say(kind: string, data?: unknown): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data ?? null) }))
  }
}

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('EventSource', FakeSource)
  vi.useFakeTimers()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('the live stream', () => {
  it('tells those who are interested, once for hints in a row', () => {
    const react = vi.fn<() => void>()
    const scope = effectScope()
    scope.run(() => useHints(['task'], react))
    useStream().start()
    FakeSource.last.say('hint', { kind: 'record', id: '1', seq: 1 })
    FakeSource.last.say('hint', { kind: 'task', id: '1', seq: 2 })
    FakeSource.last.say('hint', { kind: 'task', id: '2', seq: 3 })
    vi.runOnlyPendingTimers()
    expect(react).toHaveBeenCalledOnce()
    scope.stop()
    FakeSource.last.say('hint', { kind: 'task', id: '3', seq: 4 })
    vi.runOnlyPendingTimers()
    expect(react).toHaveBeenCalledOnce()
  })

  it('makes everybody read anew after a reset and after a break', () => {
    const listener = vi.fn<(hint: Hint | null) => void>()
    const stream = useStream()
    stream.listen(listener)
    stream.start()
    FakeSource.last.say('open')
    expect(listener).not.toHaveBeenCalled()
    FakeSource.last.say('reset')
    expect(listener).toHaveBeenLastCalledWith(null)
    FakeSource.last.say('error')
    expect(stream.state).toBe('lost')
    FakeSource.last.say('open')
    expect(listener).toHaveBeenCalledTimes(2)
    expect(stream.state).toBe('open')
  })

  it('opens a new one, later and later, when the browser has given up', () => {
    const stream = useStream()
    stream.start()
    const first = FakeSource.last
    first.close()
    first.say('error')
    vi.advanceTimersByTime(999)
    expect(FakeSource.last).toBe(first)
    vi.advanceTimersByTime(1)
    expect(FakeSource.last).not.toBe(first)
  })
})
