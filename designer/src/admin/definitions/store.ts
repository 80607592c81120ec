/**
 * The administrator's definitions while they are worked on: a draft that is checked and applied as a whole. It keeps
 * itself for this tab, can be gone back in step by step, and is carried over what somebody else saves meanwhile.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { newIdempotencyKey } from '@/api/client'
import { useSession } from '@/app/session'
import type { Definitions, EntityDocument } from './document'
import { changesBetween, put, shown, shownEntity, withEntity, type Change } from './layers'
import { rebased, type Conflict } from './rebase'
import { apply as send, plan as ask, readDefinitions, type Plan } from './source'

/** Ends with signing out like the drafts of forms, whose prefix it has. */
const KEPT = 'kapok.draft.admin.definitions'

interface Draft {
  base: Definitions
  layer: Definitions
}

export const useDefinitions = defineStore('definitions', () => {
  const shipped = shallowRef<Definitions>()
  const base = shallowRef<Definitions>()
  const version = shallowRef<string>()
  const layer = shallowRef<Definitions>()
  const past = shallowRef<readonly Definitions[]>([])
  const future = shallowRef<readonly Definitions[]>([])
  const conflicts = shallowRef<readonly Conflict[]>([])
  const error = shallowRef<unknown>()

  const ready = computed(() => shipped.value !== undefined && layer.value !== undefined)
  const changes = computed<Change[]>(() => (base.value && layer.value ? changesBetween(base.value, layer.value) : []))
  const dirty = computed(() => changes.value.length > 0)

  /** Everything as it would look once the draft is applied. */
  const effective = computed<Definitions | undefined>(() => {
    const [below, above] = [shipped.value, layer.value]
    if (!below || !above) return undefined
    const names = new Set([...Object.keys(below.entities), ...Object.keys(above.entities)])
    const entities = [...names].flatMap((id) => {
      const entity = shownEntity(below, above, id)
      return entity ? [[id, entity] as const] : []
    })
    return {
      entities: Object.fromEntries(entities),
      extend: above.extend,
      dictionaries: shown(below, above, 'dictionaries'),
      roles: shown(below, above, 'roles'),
      permissions: shown(below, above, 'permissions'),
      field_rules: shown(below, above, 'field_rules'),
      totals: shown(below, above, 'totals'),
    }
  })

  /** Reads anew; a draft stays. */
  async function load(): Promise<void> {
    try {
      const read = await readDefinitions()
      const draft = base.value && layer.value ? { base: base.value, layer: layer.value } : recall()
      shipped.value = read.shipped
      if (draft) {
        const next = rebased(draft.base, draft.layer, read.layer)
        layer.value = next.layer
        conflicts.value = [...conflicts.value.filter((old) => !next.conflicts.some((one) => isSame(one, old))), ...next.conflicts]
      } else {
        layer.value = read.layer
      }
      base.value = read.layer
      version.value = read.version
      error.value = undefined
      keep()
    } catch (cause) {
      error.value = cause
    }
  }

  function edit(next: Definitions): void {
    if (!layer.value || changesBetween(layer.value, next).length === 0) return
    past.value = [...past.value.slice(-99), layer.value]
    future.value = []
    layer.value = next
    keep()
  }

  function editEntity(id: string, next: EntityDocument | undefined): void {
    if (shipped.value && layer.value) edit(withEntity(shipped.value, layer.value, id, next))
  }

  function undo(): void {
    const former = past.value.at(-1)
    if (!former || !layer.value) return
    future.value = [layer.value, ...future.value]
    past.value = past.value.slice(0, -1)
    layer.value = former
    keep()
  }

  function redo(): void {
    const [next, ...rest] = future.value
    if (!next || !layer.value) return
    past.value = [...past.value, layer.value]
    future.value = rest
    layer.value = next
    keep()
  }

  /** Back to what is in force. */
  function discard(): void {
    if (base.value) edit(base.value)
    conflicts.value = []
  }

  function settle(conflict: Conflict, take: 'mine' | 'theirs'): void {
    if (take === 'theirs' && layer.value) {
      const table = put(layer.value[conflict.kind] as Record<string, unknown>, conflict.id, conflict.theirs)
      edit({ ...layer.value, [conflict.kind]: table })
    }
    conflicts.value = conflicts.value.filter((one) => one !== conflict)
  }

  /** What applying would do; somebody else's changes are taken in first. */
  async function plan(): Promise<Plan> {
    await load()
    return ask(changes.value)
  }

  // Somebody else at the same computer begins with nothing.
  const session = useSession()
  watch(
    () => session.me?.id,
    () => {
      shipped.value = base.value = layer.value = undefined
      version.value = undefined
      past.value = future.value = []
      conflicts.value = []
    },
  )

  let intent = newIdempotencyKey()

  async function apply(): Promise<void> {
    try {
      await send(changes.value, version.value, intent)
    } finally {
      intent = newIdempotencyKey()
    }
    past.value = []
    future.value = []
    conflicts.value = []
    base.value = layer.value
    keep()
    await load()
  }

  function keep(): void {
    try {
      if (dirty.value) sessionStorage.setItem(KEPT, JSON.stringify({ base: base.value, layer: layer.value }))
      else sessionStorage.removeItem(KEPT)
    } catch {
      // The storage is full or switched off: only a reload would lose the draft.
    }
  }

  function recall(): Draft | undefined {
    const kept = sessionStorage.getItem(KEPT)
    return kept === null ? undefined : (JSON.parse(kept) as Draft)
  }

  return {
    shipped,
    layer,
    effective,
    ready,
    error,
    changes,
    dirty,
    conflicts,
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    load,
    edit,
    editEntity,
    undo,
    redo,
    discard,
    settle,
    plan,
    apply,
  }
})

const isSame = (a: Conflict, b: Conflict) => a.kind === b.kind && a.id === b.id
