/** Saves a record that is being filled in; tells of look-alikes and of what somebody else saved meanwhile. */
import { computed, ref, shallowRef } from 'vue'
import { api, ApiError, newIdempotencyKey } from '@/api/client'
import { recordPath, recordsPath } from '@/api/records'
import type { EntityView, Problem, RecordRow, Values } from '@/api/types'
import { draftsFrom, valuesFrom } from '@/forms/draft'
import { isUploading } from '@/forms/upload'
import type { useForm } from '@/forms/useForm'
import { t } from '@/i18n'
import { problemText } from '@/i18n/problem'
import type { Dispute } from './ConflictDialog.vue'

export interface Saved {
  record: RecordRow
  /** The case that the save started. */
  started: string | undefined
}

export function useSaving(form: ReturnType<typeof useForm>, of: () => { entity: string; id: string | undefined; view: EntityView | undefined }) {
  const busy = ref(false)
  const problem = ref('')
  const version = ref(0)
  const disputes = shallowRef<Dispute[]>([])
  const disputing = ref(false)
  const duplicates = shallowRef<NonNullable<Problem['duplicates']>>([])
  const duplicating = ref(false)
  const waiting = computed(() => busy.value || isUploading.value)
  let intent = newIdempotencyKey()
  let theirs: RecordRow | undefined

  /** Nothing when it was refused, or a question stands open. */
  async function save(ignoreDuplicates = false): Promise<Saved | undefined> {
    problem.value = ''
    if (!form.check()) {
      problem.value = t('desk.task.fillIn')
      return undefined
    }
    if (isUploading.value) {
      problem.value = t('desk.record.uploading')
      return undefined
    }
    busy.value = true
    try {
      const saved = await send(ignoreDuplicates)
      duplicating.value = false
      return saved
    } catch (cause) {
      intent = newIdempotencyKey()
      await explain(cause)
      return undefined
    } finally {
      busy.value = false
    }
  }

  async function send(ignoreDuplicates: boolean): Promise<Saved> {
    const { entity, id } = of()
    const ignoring = ignoreDuplicates ? { ignore_duplicates: true } : {}
    const { body, headers } =
      id === undefined
        ? await api.send<RecordRow>('POST', recordsPath(entity), {
            body: { fields: filled(form.all()), ...ignoring },
            idempotencyKey: intent,
          })
        : await api.send<RecordRow>('PATCH', recordPath(entity, id), {
            body: { version: version.value, fields: form.changed.value, base: baseOf(form.changed.value), ...ignoring },
          })
    return { record: body, started: headers.get('X-Kapok-Started') ?? undefined }
  }

  /** What the changed fields were when they were read. */
  function baseOf(changed: Values): Values {
    return Object.fromEntries(Object.keys(changed).map((id) => [id, form.values.value[id] ?? null]))
  }

  async function explain(cause: unknown): Promise<void> {
    if (cause instanceof ApiError && cause.code === 'record.duplicate' && cause.problem.duplicates) {
      duplicates.value = cause.problem.duplicates
      duplicating.value = true
      return
    }
    if (cause instanceof ApiError && cause.code === 'record.conflict' && (await findDisputes())) return
    problem.value = [problemText(cause), ...form.refuse(cause)].join(' ')
  }

  /** Reads what the record has become, and finds the fields that both changed. */
  async function findDisputes(): Promise<boolean> {
    const { entity, id, view } = of()
    if (id === undefined || !view) return false
    try {
      theirs = await api.get<RecordRow>(recordPath(entity, id))
    } catch {
      return false
    }
    const mine = form.changed.value
    const now = theirs
    const disputed = form.disputedBy(now.fields)
    disputes.value = view.fields
      .filter((field) => disputed.includes(field.id))
      .map((field) => ({
        field,
        mine: mine[field.id] ?? null,
        theirs: now.fields[field.id] ?? null,
        // A choice made just now has no readable text yet, unless it is what was there before.
        theirsNamed: now.display[field.id],
      }))
    disputing.value = disputes.value.length > 0
    if (!disputing.value) follow([])
    return disputing.value
  }

  /** Takes over what the record has become; of these fields also what was entered here. */
  function follow(fields: readonly string[]): void {
    if (!theirs) return
    version.value = theirs.version
    form.follow({ values: theirs.fields, display: theirs.display })
    const read = draftsFrom(form.fields.value, theirs.fields)
    form.problems.value = {}
    form.drafts.value = { ...form.drafts.value, ...Object.fromEntries(fields.map((id) => [id, read[id] ?? ''])) }
  }

  async function settle(fields: readonly string[]): Promise<Saved | undefined> {
    follow(fields)
    if (form.dirty.value) return save()
    return theirs && { record: theirs, started: undefined }
  }

  return { busy, waiting, problem, version, disputes, disputing, duplicates, duplicating, save, settle }
}

/** A new record says nothing of what was left empty. */
function filled(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  )
}

/** Values that came with the address, such as the record a new one belongs to. */
export function preset(query: unknown, view: EntityView): Values {
  if (typeof query !== 'string') return {}
  try {
    const values = JSON.parse(query) as Values
    const known = view.fields.filter(({ id }) => id in values)
    return valuesFrom(known, draftsFrom(known, values))
  } catch {
    return {}
  }
}
