/** The state of a list, kept in the address. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { EntityView } from '@/api/types'
import { baseOf, readState, writeState, type ListState, type Query } from './state'

/** The last address of each list, for the way back from a record. */
const last = new Map<string, Record<string, string>>()

export const lastQuery = (entity: string): Record<string, string> => last.get(entity) ?? {}

export function useListState(entity: () => EntityView | undefined) {
  const route = useRoute()
  const router = useRouter()

  const state = computed((): ListState | undefined => {
    const view = entity()
    return view && readState(view, plain(route.query))
  })

  async function change(part: Partial<ListState>): Promise<void> {
    const view = entity()
    if (!view || !state.value) return
    const query = writeState(view, { ...state.value, ...part })
    last.set(view.id, query)
    await router.replace({ query })
  }

  /** Another saved view, as it was saved. */
  async function choose(viewId: string): Promise<void> {
    const view = entity()
    if (view) await change(baseOf(view, viewId))
  }

  function remember(): void {
    const view = entity()
    if (view && state.value) last.set(view.id, writeState(view, state.value))
  }

  return { state, change, choose, remember }
}

function plain(query: Record<string, unknown>): Query {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  )
}
