import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { useRepeated } from './repeat'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function repeat(read: () => Promise<void>) {
  return mount(
    defineComponent({
      setup: () => useRepeated(read, 10_000),
      render: () => null,
    }),
  )
}

function hide(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

it('reads at once and after each pause, until it is left', async () => {
  const read = vi.fn<() => Promise<void>>(async () => undefined)
  const page = repeat(read)
  expect(read).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(read).toHaveBeenCalledTimes(3)
  page.unmount()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(read).toHaveBeenCalledTimes(3)
})

it('does not ask a slow server twice at once', async () => {
  let answer = () => {}
  const read = vi.fn<() => Promise<void>>(() => new Promise<void>((done) => (answer = done)))
  const page = repeat(read)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(read).toHaveBeenCalledTimes(1)
  answer()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(read).toHaveBeenCalledTimes(2)
  page.unmount()
})

it('reads nothing out of sight, and at once when it is back', async () => {
  const read = vi.fn<() => Promise<void>>(async () => undefined)
  const page = repeat(read)
  await vi.advanceTimersByTimeAsync(0)
  hide(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(read).toHaveBeenCalledTimes(1)
  hide(false)
  expect(read).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(read).toHaveBeenCalledTimes(3)
  page.unmount()
})
