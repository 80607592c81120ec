/**
 * The live stream: hints that something changed. It carries no data; whoever is interested reads anew, and so sees
 * only what it may.
 */
import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import { base } from '@/api/client'
import type { Hint, HintKind } from '@/api/types'

type Listener = (hint: Hint | null) => void
const firstPause = 1_000
const longestPause = 30_000

export const useStream = defineStore('stream', () => {
  const state = ref<'off' | 'connecting' | 'open' | 'lost'>('off')
  const listeners = new Set<Listener>()
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let pause = firstPause

  /** `null` to the listeners: hints may have been missed, read everything anew. */
  const tell = (hint: Hint | null) => listeners.forEach((listener) => listener(hint))

  function start(): void {
    stop()
    state.value = 'connecting'
    connect()
  }

  function connect(): void {
    const opened = (source = new EventSource(`${base}/stream`))
    opened.addEventListener('open', () => {
      const missed = state.value === 'lost'
      state.value = 'open'
      pause = firstPause
      if (missed) tell(null)
    })
    opened.addEventListener('hint', (event: MessageEvent<string>) => tell(JSON.parse(event.data) as Hint))
    opened.addEventListener('reset', () => tell(null))
    opened.addEventListener('error', () => {
      state.value = 'lost'
      // The browser tries again by itself, except after an answer that is no stream.
      if (opened.readyState !== EventSource.CLOSED) return
      retry = setTimeout(connect, pause)
      pause = Math.min(pause * 2, longestPause)
    })
  }

  function stop(): void {
    source?.close()
    clearTimeout(retry)
    state.value = 'off'
  }

  function listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return { state, start, stop, listen }
})

const gather = 80

/** Runs `react` soon after hints of these kinds; several hints in a row run it once. */
export function useHints(kinds: readonly HintKind[], react: () => unknown): void {
  let pending: ReturnType<typeof setTimeout> | undefined
  const stop = useStream().listen((hint) => {
    if (hint && !kinds.includes(hint.kind)) return
    clearTimeout(pending)
    pending = setTimeout(react, gather)
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(pending)
  })
}
