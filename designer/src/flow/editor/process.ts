/** Opening, drafting and publishing one process. */
import { computed, onScopeDispose, ref, shallowRef, watch, type ShallowRef } from 'vue'
import { api, ApiError, newIdempotencyKey } from '@/api/client'
import type { ConfirmedGrant, Definition, Deployed, Diagnostic, List } from '@/api/types'
import type { FlowEditor } from '../canvas/editor'
import { readDraft, removeDraft, writeDraft, type Draft } from './drafts'

/** How long nothing must change before the draft is saved. */
const QUIET_MILLISECONDS = 500

/** What became of a wish to publish. */
export type Published =
  | { kind: 'published'; version: number }
  | { kind: 'refused'; diagnostics: Diagnostic[] }
  /** Somebody published since this draft was begun. */
  | { kind: 'conflict' }

export function useProcess(key: string, editor: ShallowRef<FlowEditor | undefined>) {
  const versions = shallowRef<Definition[]>([])
  /** The version the open drawing started from. */
  const base = ref<number | null>(null)
  /** A draft found on opening a published process, until it is taken up or dropped. */
  const offered = shallowRef<Draft>()
  const savedAt = ref<string>()
  const full = ref(false)
  const latest = computed(() => versions.value[0])

  /** The revision that is published or was just opened: nothing to save there. */
  let clean = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(
    () => editor.value?.revision.value,
    (revision) => {
      clearTimeout(timer)
      if (revision !== undefined) timer = setTimeout(saveChanges, QUIET_MILLISECONDS)
    },
  )
  onScopeDispose(() => clearTimeout(timer))

  function saveChanges(): void {
    if ((editor.value?.revision.value ?? 0) > clean) void saveDraft()
  }

  const changed = computed(() => savedAt.value !== undefined)

  async function loadVersions(): Promise<void> {
    versions.value = (await api.get<List<Definition>>('/definitions', { query: { key: key } })).items
  }

  function readVersion(definition: Definition): Promise<string> {
    return api.get<string>(`/definitions/${definition.id}/xml`)
  }

  /** Opens the latest version, or the draft of a process that was never published. False: there is neither. */
  async function open(): Promise<boolean> {
    await loadVersions()
    const draft = readDraft(key)
    if (!latest.value) {
      if (draft) await show(draft.xml, draft.base, draft.savedAt)
      return draft !== undefined
    }
    await show(await readVersion(latest.value), latest.value.version)
    offered.value = draft
    return true
  }

  async function show(xml: string, from: number | null, draftedAt?: string): Promise<void> {
    clearTimeout(timer)
    await editor.value?.open(xml)
    base.value = from
    savedAt.value = draftedAt
    clean = editor.value?.revision.value ?? 0
  }

  /** Goes on with the draft that was found. */
  async function takeDraft(): Promise<void> {
    const draft = offered.value
    offered.value = undefined
    if (draft) await show(draft.xml, draft.base, draft.savedAt)
  }

  function dropDraft(): void {
    offered.value = undefined
    removeDraft(key)
  }

  /** Puts an older version on the canvas as a draft of the next one. */
  async function restore(definition: Definition): Promise<void> {
    const xml = await readVersion(definition)
    offered.value = undefined
    await show(xml, latest.value?.version ?? null)
    await saveDraft()
  }

  async function saveDraft(): Promise<void> {
    const open = editor.value
    if (!open) return
    clearTimeout(timer)
    // Editing on means that the offered draft is not wanted.
    offered.value = undefined
    const now = new Date().toISOString()
    full.value = !writeDraft(key, { xml: await open.xml(), base: base.value, savedAt: now })
    if (!full.value) savedAt.value = now
  }

  /** Publishes what is on the canvas, and what it may do with records. A conflict is answered, never overwritten. */
  async function publish(grants: readonly ConfirmedGrant[]): Promise<Published> {
    const open = editor.value
    if (!open) throw new Error('nothing is open')
    const xml = await open.xml()
    const revision = open.revision.value
    try {
      const { version } = await api.post<Deployed>('/definitions', {
        query: { base: base.value, grants: JSON.stringify(grants) },
        raw: { text: xml, type: 'application/xml' },
        idempotencyKey: newIdempotencyKey(),
      })
      clearTimeout(timer)
      base.value = version
      clean = revision
      savedAt.value = undefined
      removeDraft(key)
      await loadVersions()
      return { kind: 'published', version }
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      if (cause.code === 'definition.conflict') {
        await saveDraft()
        await loadVersions()
        return { kind: 'conflict' }
      }
      if (cause.code === 'definition.refused') return { kind: 'refused', diagnostics: cause.problem.diagnostics }
      throw cause
    }
  }

  /** Says that the newest version was seen and the own drawing shall follow it. */
  function rebase(): void {
    base.value = latest.value?.version ?? null
  }

  return {
    versions,
    latest,
    base,
    offered,
    changed,
    savedAt,
    full,
    open,
    readVersion,
    takeDraft,
    dropDraft,
    restore,
    saveDraft,
    publish,
    rebase,
  }
}
