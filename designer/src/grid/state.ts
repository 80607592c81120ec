/**
 * What a list shows, as its address says it: a saved view, and what was changed about it. So a list can be sent to
 * a colleague, and the way back from a record leads to the same list. Pure.
 */
import type { EntityView, SavedView, ViewKind } from '@/api/types'
import { parseFilter, type Filter } from '@/flow/model/filter'

export type Mode = ViewKind | 'statistics'
export const MODES: readonly Mode[] = ['list', 'kanban', 'calendar', 'tree', 'statistics']

export interface Sort {
  field: string
  descending: boolean
}

export interface ListState {
  /** The saved view it began with; empty for the plain list. */
  view: string
  mode: Mode
  keyword: string
  filter: Filter | null
  sort: Sort[]
  columns: string[]
  trash: boolean
}

/** The part of the address behind `?`. */
export type Query = Record<string, string | undefined>

/** What the saved view says, or the entity itself. */
export function baseOf(entity: EntityView, viewId: string): ListState {
  const view = entity.views?.find(({ id }) => id === viewId)
  return {
    view: view?.id ?? '',
    mode: view?.kind ?? 'list',
    keyword: '',
    filter: filterOf(view),
    sort: view?.sort ? parseSort(view.sort.join(',')) : entity.sort ? [entity.sort] : [],
    columns: view?.columns && view.columns.length > 0 ? view.columns : entity.list,
    trash: false,
  }
}

function filterOf(view: SavedView | undefined): Filter | null {
  if (!view?.filter) return null
  return parseFilter(JSON.stringify(view.filter)) ?? null
}

export function readState(entity: EntityView, query: Query): ListState {
  const base = baseOf(entity, query['view'] ?? '')
  const { mode, q, filter, sort, columns, trash } = query
  return {
    view: base.view,
    mode: MODES.find((one) => one === mode) ?? base.mode,
    keyword: q ?? '',
    filter: filter === undefined ? base.filter : (parseFilter(filter) ?? null),
    sort: sort === undefined ? base.sort : parseSort(sort),
    columns: columns === undefined ? base.columns : columns.split(',').filter(Boolean),
    trash: trash === '1',
  }
}

/** Only what differs from the saved view. */
export function writeState(entity: EntityView, state: ListState): Record<string, string> {
  const base = baseOf(entity, state.view)
  const query: Record<string, string> = {}
  if (state.view) query['view'] = state.view
  if (state.mode !== base.mode) query['mode'] = state.mode
  if (state.keyword) query['q'] = state.keyword
  if (!same(state.filter, base.filter)) query['filter'] = state.filter ? JSON.stringify(state.filter) : 'none'
  if (!same(state.sort, base.sort)) query['sort'] = formatSort(state.sort)
  if (!same(state.columns, base.columns)) query['columns'] = state.columns.join(',')
  if (state.trash) query['trash'] = '1'
  return query
}

/** Whether there is something to save about the view. */
export function isChanged(entity: EntityView, state: ListState): boolean {
  const { view: _view, q: _keyword, trash: _trash, ...changes } = writeState(entity, state)
  return Object.keys(changes).length > 0 && state.mode !== 'statistics'
}

export function parseSort(words: string): Sort[] {
  return words
    .split(',')
    .filter(Boolean)
    .map((word) => (word.startsWith('-') ? { field: word.slice(1), descending: true } : { field: word, descending: false }))
}

export function formatSort(sort: readonly Sort[]): string {
  return sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(',')
}

/** Upwards, downwards, not at all. */
export function nextSort(sort: readonly Sort[], field: string): Sort[] {
  const [first] = sort
  if (first?.field !== field) return [{ field, descending: false }]
  return first.descending ? [] : [{ field, descending: true }]
}

/** Both must hold. */
export function both(one: Filter | null, other: Filter | null): Filter | null {
  if (!one) return other
  return other ? { all: [one, other] } : one
}

/** As the server wants it; nothing when there is none. */
export function filterText(filter: Filter | null): string | undefined {
  return filter ? JSON.stringify(filter) : undefined
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
