/** Rows of a list of which some may be unfinished: a row is written once it is complete, and lives here only until then. */
import { computed, shallowRef, watch, type ShallowRef } from 'vue'

export interface DraftRows<Row> {
  draft: Readonly<ShallowRef<readonly Row[]>>
  /** What stands there now; what is complete of it is written. */
  set(rows: readonly Row[]): void
  replace(index: number, row: Row): void
  remove(index: number): void
  /** A row to be filled in. */
  add(row: Row): void
}

export function useDraftRows<Row>(list: {
  /** What is written; `undefined` where there is no list at all. */
  rows: () => readonly Row[] | undefined
  isComplete: (row: Row) => boolean
  commit: (rows: Row[]) => void
  /** What stands in a list that is empty. */
  first?: () => Row | undefined
}): DraftRows<Row> {
  const draft = shallowRef<readonly Row[]>(begun(list.rows()))
  const written = computed(() => JSON.stringify(list.rows()))
  const complete = (rows: readonly Row[]) => rows.filter(list.isComplete)

  watch(written, (now) => {
    const isDrafted = draft.value.length > 0 && now === JSON.stringify(complete(draft.value))
    if (!isDrafted) draft.value = begun(list.rows())
  })

  function begun(rows: readonly Row[] | undefined): readonly Row[] {
    if (rows === undefined) return []
    const first = rows.length === 0 ? list.first?.() : undefined
    return first === undefined ? rows : [first]
  }

  function set(rows: readonly Row[]): void {
    draft.value = begun(rows)
    if (JSON.stringify(complete(rows)) !== written.value) list.commit(complete(rows))
  }

  return {
    draft,
    set,
    replace: (index, row) => set(draft.value.map((old, at) => (at === index ? row : old))),
    remove: (index) => set(draft.value.filter((_, at) => at !== index)),
    add: (row) => (draft.value = [...draft.value, row]),
  }
}
