/** Looks for persons, departments and records on the server, since there may be thousands. */
import { onScopeDispose, ref } from 'vue'
import { api } from '@/api/client'
import type { List, Person, RecordRow } from '@/api/types'

export interface Option {
  value: string
  label: string
  hint?: string
}

export interface Chosen {
  kind: 'person' | 'department' | 'reference'
  /** Of a reference. */
  entity?: string
}

const settle = 200

export function useOptions(of: () => Chosen) {
  const found = ref<Option[]>([])
  const loading = ref(false)
  let pending: ReturnType<typeof setTimeout> | undefined
  let round = 0

  onScopeDispose(() => clearTimeout(pending))

  function search(query: string): void {
    clearTimeout(pending)
    pending = setTimeout(() => find(query), query ? settle : 0)
  }

  async function find(query: string): Promise<void> {
    const mine = ++round
    loading.value = true
    try {
      const answer = await readOptions(of(), query)
      if (mine === round) found.value = answer
    } catch {
      if (mine === round) found.value = []
    } finally {
      if (mine === round) loading.value = false
    }
  }

  return { found, loading, search }
}

async function readOptions({ kind, entity = '' }: Chosen, query: string): Promise<Option[]> {
  if (kind === 'person') {
    const people = await api.get<List<Person>>('/people', { query: { q: query, limit: 20 } })
    return people.items.map((person) => ({ value: person.id, label: person.name, hint: person.department ?? undefined }))
  }
  const of = kind === 'department' ? 'system.department' : entity
  const records = await api.get<List<RecordRow>>(`/records/${encodeURIComponent(of)}`, { query: { q: query, limit: 20 } })
  return records.items.map((record) => ({ value: record.id, label: record.title }))
}
