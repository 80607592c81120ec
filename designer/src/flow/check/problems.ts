/** Checking while drawing: the same checks as publishing, a moment after the last change. */
import { onScopeDispose, ref, shallowRef, watch, type ShallowRef } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Diagnostic, Grants } from '@/api/types'
import type { FlowEditor } from '../canvas/editor'

/** How long nothing must change before the process is checked. */
const QUIET_MILLISECONDS = 400

export function useProblems(editor: ShallowRef<FlowEditor | undefined>) {
  const problems = shallowRef<Diagnostic[]>([])
  /** What the processes of the drawing would do with records. */
  const grants = shallowRef<Grants[]>([])
  const checking = ref(false)
  /** Why the last check did not happen. */
  const failure = shallowRef<unknown>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined

  watch(
    () => editor.value?.revision.value,
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void check(), QUIET_MILLISECONDS)
    },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    running?.abort()
  })

  async function check(): Promise<void> {
    const open = editor.value
    if (!open) return
    running?.abort()
    const mine = (running = new AbortController())
    checking.value = true
    try {
      const xml = await open.xml()
      const found = await api.post<{ diagnostics: Diagnostic[]; grants: Grants[] }>('/definitions/check', {
        raw: { text: xml, type: 'application/xml' },
        signal: mine.signal,
      })
      if (mine !== running) return
      show(found.diagnostics)
      grants.value = found.grants
      failure.value = undefined
    } catch (cause) {
      if (mine !== running || mine.signal.aborted) return
      if (cause instanceof ApiError && cause.problem.diagnostics.length > 0) show(cause.problem.diagnostics)
      else failure.value = cause
    } finally {
      if (mine === running) checking.value = false
    }
  }

  /** Shows problems in the list and on the elements; errors first. */
  function show(diagnostics: readonly Diagnostic[]): void {
    problems.value = [...diagnostics].sort((one, other) => weight(one) - weight(other))
    if (editor.value) markElements(editor.value, problems.value)
  }

  return { problems, grants, checking, failure, check, show }
}

function weight({ severity }: Diagnostic): number {
  return severity === 'error' ? 0 : 1
}

const BADGE = 'flow-problem'

function markElements(editor: FlowEditor, problems: readonly Diagnostic[]): void {
  const registry = editor.modeler.get('elementRegistry')
  const canvas = editor.modeler.get('canvas')
  const overlays = editor.modeler.get('overlays')
  overlays.remove({ type: BADGE })
  for (const element of registry.getAll()) {
    canvas.removeMarker(element, 'flow-problem-error')
    canvas.removeMarker(element, 'flow-problem-warning')
  }

  const worst = new Map<string, { severity: Diagnostic['severity']; count: number }>()
  for (const { element, severity } of problems) {
    if (element === null || !registry.get(element)) continue
    const before = worst.get(element)
    worst.set(element, { severity: before?.severity === 'error' ? 'error' : severity, count: (before?.count ?? 0) + 1 })
  }
  for (const [id, { severity, count }] of worst) {
    const element = registry.get(id)
    if (!element || element === editor.root) continue
    canvas.addMarker(id, `flow-problem-${severity}`)
    const badge = document.createElement('div')
    badge.className = `flow-problem-badge ${severity}`
    badge.textContent = String(count)
    const isFlow = element.waypoints !== undefined
    overlays.add(id, BADGE, { position: isFlow ? { top: -9, left: 0 } : { top: -9, left: -9 }, html: badge })
  }
}
