/** One form being filled in: what was read, what was entered, and what is wrong with it. */
import { computed, ref, shallowRef, watch } from 'vue'
import type { FormField, Values } from '@/api/types'
import { t } from '@/i18n'
import { displayText } from './display'
import { changedValues, draftsFrom, rebase, rekeyed, valuesFrom, type Drafts, type Problems } from './draft'
import { forget, keep, recall } from './kept'
import { fieldProblems, localProblems } from './problems'

/** `key` names what is being filled in, so that it can be restored. */
export function useForm(key: () => string) {
  const fields = shallowRef<readonly FormField[]>([])
  const values = shallowRef<Values>({})
  const display = shallowRef<Record<string, string>>({})
  const drafts = ref<Drafts>({})
  const problems = ref<Problems>({})
  const changed = computed(() => changedValues(fields.value, values.value, drafts.value))
  const dirty = computed(() => Object.keys(changed.value).length > 0)
  const restored = ref(false)

  watch(drafts, () => {
    if (dirty.value) keep(key(), { values: values.value, drafts: drafts.value })
  })

  function begin(form: { fields: readonly FormField[]; values: Values; display?: Record<string, string> }): void {
    fields.value = form.fields
    values.value = form.values
    display.value = form.display ?? {}
    drafts.value = draftsFrom(form.fields, form.values)
    problems.value = {}
    restored.value = false
  }

  /** Enters these values as if somebody had. */
  function fill(values: Values): void {
    const known = fields.value.filter(({ id }) => id in values)
    drafts.value = { ...drafts.value, ...draftsFrom(known, values) }
  }

  /** The fields that were changed here and that are no longer what they were when they were read. */
  function disputedBy(after: Values): string[] {
    return rebase(fields.value, values.value, drafts.value, after).disputed
  }

  /** Brings back what was entered earlier and not sent. */
  function restore(): void {
    const kept = recall(key())
    if (!kept) return
    const rebased = rebase(fields.value, kept.values, rekeyed(kept.drafts), values.value)
    drafts.value = { ...drafts.value, ...rebased.drafts }
    restored.value = dirty.value
  }

  /** It was sent, or given up. */
  function discard(): void {
    forget(key())
    begin({ fields: fields.value, values: values.value, display: display.value })
  }

  /** Takes over what is on the server now and keeps what was entered; says where both changed the same field. */
  function follow(form: { values: Values; display?: Record<string, string> }): boolean {
    const { drafts: rebased, disputed } = rebase(fields.value, values.value, drafts.value, form.values)
    values.value = form.values
    display.value = form.display ?? {}
    drafts.value = rebased
    problems.value = Object.fromEntries(
      disputed.map((id) => {
        const field = fields.value.find((candidate) => candidate.id === id)
        const theirs = field ? displayText(field, form.values[id], display.value[id]) : ''
        return [id, t('forms.disputed', { theirs: theirs || t('forms.nothing') })]
      }),
    )
    return disputed.length > 0
  }

  /** Whether it may be sent, as far as can be told here. `lenient`: an unfinished form may go, a mistyped one may not. */
  function check(lenient = false): boolean {
    const found = localProblems(fields.value, drafts.value, lenient)
    problems.value = found
    return Object.keys(found).length === 0
  }

  /** Shows a refusal at the fields it speaks of; what it says of fields that are not here is returned. */
  function refuse(error: unknown): string[] {
    const all = fieldProblems(error)
    problems.value = all
    const known = new Set(fields.value.map(({ id }) => id))
    return Object.entries(all)
      .filter(([path]) => !known.has(path.split('.')[0] ?? ''))
      .map(([, words]) => words)
  }

  return {
    fields,
    values,
    display,
    drafts,
    problems,
    changed,
    dirty,
    restored,
    all: () => valuesFrom(fields.value, drafts.value),
    begin,
    fill,
    disputedBy,
    restore,
    discard,
    follow,
    check,
    refuse,
  }
}
