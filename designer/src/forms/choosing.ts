/** Looks for persons, departments and records on the server, since there may be thousands. */
import { onScopeDispose, reactive, ref, watch } from 'vue'
import { api } from '@/api/client'
import type { List, Person, RecordRow } from '@/api/types'
import { useEntities } from '@/app/entities'
import { useBeside, type Beside } from './beside'

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
  const beside = useBeside()
  const entities = useEntities()
  let pending: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let asked: string | undefined

  onScopeDispose(() => clearTimeout(pending))

  function search(query: string): void {
    clearTimeout(pending)
    pending = setTimeout(() => find(query), query ? settle : 0)
  }

  async function find(query: string): Promise<void> {
    // A chooser that opens asks more than once.
    if (loading.value && asked === query) return
    const mine = ++round
    asked = query
    loading.value = true
    try {
      const answer = await readOptions(of(), query, beside(), entities.view)
      if (mine === round) found.value = answer
    } catch {
      if (mine === round) found.value = []
    } finally {
      if (mine === round) loading.value = false
    }
  }

  return { found, loading, search }
}

type ViewOf = ReturnType<typeof useEntities>['view']

const entityOf = ({ kind, entity = '' }: Chosen): string => (kind === 'reference' ? entity : `system.${kind}`)

async function readOptions(of: Chosen, query: string, beside: Beside, view: ViewOf): Promise<Option[]> {
  if (of.kind === 'person') {
    const people = await api.get<List<Person>>('/people', { query: { q: query, limit: 20 } })
    return people.items.map((person) => ({ value: person.id, label: person.name, hint: person.department ?? undefined }))
  }
  const filter = of.kind === 'reference' ? await belonging(of.entity ?? '', beside, view) : undefined
  const records = await api.get<List<RecordRow>>(`/records/${encodeURIComponent(entityOf(of))}`, { query: { q: query, limit: 20, filter } })
  return records.items.map((record) => ({ value: record.id, label: record.title }))
}

/** Of what belongs to a record, such as the contacts of a customer, a form that names the record wants that record's own. */
async function belonging(entity: string, beside: Beside, view: ViewOf): Promise<string | undefined> {
  if (Object.keys(beside).length === 0) return undefined
  const { parent } = await view(entity)
  const value = parent && parent.entity !== entity ? beside[parent.entity] : undefined
  return parent && value ? JSON.stringify({ field: parent.field, op: '=', value }) : undefined
}

/** What the chosen ones are called: as somebody knows already, or as the server says. */
export function useNames(of: () => Chosen, ids: () => readonly string[], known: (id: string) => string | undefined) {
  const read = reactive(new Map<string, string>())
  const asked = new Set<string>()

  async function ask(id: string): Promise<void> {
    asked.add(id)
    try {
      read.set(id, (await api.get<RecordRow>(`/records/${encodeURIComponent(entityOf(of()))}/${id}`)).title)
    } catch {
      // Not to be seen by this person, or gone: the number has to do.
    }
  }

  const isUnknown = (id: string) => /^\d+$/.test(id) && known(id) === undefined && !asked.has(id)
  watch(() => ids().filter(isUnknown), (unknown) => unknown.forEach(ask), { immediate: true })

  return (id: string): string => known(id) ?? read.get(id) ?? id
}
