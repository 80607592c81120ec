/** Reading from the server into a component: one thing, or a list that grows. */
import { computed, onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import { api, type Query } from './client'
import type { List } from './types'

export interface Loaded<Data> {
  data: Readonly<Ref<Data | undefined>>
  error: Readonly<Ref<unknown>>
  loading: Readonly<Ref<boolean>>
  /** Reads anew; what was read before stays until the answer is there. */
  reload: () => Promise<void>
  clear: () => void
}

export function useLoad<Data>(read: (signal: AbortSignal) => Promise<Data>): Loaded<Data> {
  const data = shallowRef<Data>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let running: AbortController | undefined

  async function reload(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    loading.value = true
    try {
      const next = await read(mine.signal)
      if (mine !== running) return
      data.value = next
      error.value = undefined
    } catch (cause) {
      if (mine === running && !mine.signal.aborted) error.value = cause
    } finally {
      if (mine === running) loading.value = false
    }
  }

  function clear(): void {
    running?.abort()
    running = undefined
    data.value = undefined
    error.value = undefined
    loading.value = false
  }

  onScopeDispose(() => running?.abort())
  return { data, error, loading, reload, clear }
}

const pageSize = 20
const largestPage = 100

export function useList<Item>(path: () => string, query: () => Query = () => ({})) {
  const more = shallowRef<Item[]>([])
  const nextAfterMore = ref<string | null>()
  const loadingMore = ref(false)

  const first = useLoad((signal) => {
    const limit = Math.min(largestPage, Math.max(pageSize, items.value.length))
    return api.get<List<Item>>(path(), { query: { limit, ...query() }, signal })
  })
  const items = computed<Item[]>(() => [...(first.data.value?.items ?? []), ...more.value])
  const next = computed(() => (nextAfterMore.value === undefined ? (first.data.value?.next ?? null) : nextAfterMore.value))
  const count = computed(() => first.data.value?.count)
  const partial = computed(() => first.data.value?.partial === true)

  async function reload(): Promise<void> {
    await first.reload()
    more.value = []
    nextAfterMore.value = undefined
  }

  /** For another search: nothing of the old list may stay. */
  async function restart(): Promise<void> {
    first.clear()
    await reload()
  }

  async function loadMore(): Promise<void> {
    if (!next.value || loadingMore.value) return
    loadingMore.value = true
    try {
      const page = await api.get<List<Item>>(path(), { query: { ...query(), limit: pageSize, cursor: next.value } })
      more.value = [...more.value, ...page.items]
      nextAfterMore.value = page.next
    } finally {
      loadingMore.value = false
    }
  }

  return { items, next, count, partial, loadingMore, loaded: first.data, error: first.error, loading: first.loading, reload, restart, loadMore }
}
