/** Saved views: kept on the server, one's own or, by administrators, for everybody. */
import { api, newIdempotencyKey } from '@/api/client'
import type { EntityView, Json, SavedView } from '@/api/types'
import { formatSort, type ListState } from './state'

const path = (entity: string, id: string) => `/views/${encodeURIComponent(entity)}/${encodeURIComponent(id)}`
const query = (company: boolean) => (company ? { scope: 'company' } : {})

/** Under a new id, or over the view that has this one; the id is returned. */
export async function saveView(entity: EntityView, state: ListState, name: string, company: boolean, id?: string): Promise<string> {
  const target = id ?? `view-${newIdempotencyKey().slice(0, 10)}`
  const known = entity.views?.find((view) => view.id === id)
  await api.put(path(entity.id, target), {
    query: query(company),
    body: {
      label: { zh: name, en: name },
      kind: state.mode === 'statistics' ? 'list' : state.mode,
      filter: state.filter as Json,
      columns: state.columns,
      sort: formatSort(state.sort).split(',').filter(Boolean),
      ...(known?.field && { field: known.field }),
      ...(known?.end_field && { end_field: known.end_field }),
    },
  })
  return target
}

export async function renameView(entity: EntityView, view: SavedView, name: string): Promise<void> {
  const { id, scope, ...rest } = view
  await api.put(path(entity.id, id), { query: query(scope === 'company'), body: { ...rest, label: { zh: name, en: name } } })
}

export async function deleteView(entity: EntityView, view: SavedView): Promise<void> {
  await api.delete(path(entity.id, view.id), { query: query(view.scope === 'company') })
}
