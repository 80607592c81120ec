/** The signs of the kinds, in a square of 24: BPMN's own, simplified to a line. */
import { formOf, type ElementForm, type StepKind } from '../model/elements'
import type { EventKind } from '../model/triggers'

/** A sign: its outline, and how heavy that is drawn. */
export interface Sign {
  path: string
  outline: string
  /** The second ring of an event within a process. */
  inner: string
  /** What is sent is filled, what is awaited is not. */
  filled: boolean
  weight: 'thin' | 'thick' | 'dashed'
}

const RING = 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z'
const INNER_RING = 'M12 5.2a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6z'
const DIAMOND = 'M12 2.5l9.5 9.5-9.5 9.5L2.5 12z'
const BOX = 'M3.5 5.5h17v13h-17z'

const EVENTS: Record<EventKind, string> = {
  message: 'M8.3 9.5h7.4v5H8.3zM8.3 9.5l3.7 3 3.7-3',
  timer: 'M12 8.6V12l2.2 1.6',
  signal: 'M12 8.4l3.6 6H8.4z',
  condition: 'M9.4 8.6h5.2v6.8H9.4zM10.6 10.8h2.8M10.6 13.2h2.8',
  error: 'M8.6 15l2-5.6 2.8 4 2-4.8',
  escalation: 'M12 8.2l2.8 7-2.8-2.6-2.8 2.6z',
  compensation: 'M11.8 9.4v5.2L8.6 12zM15.4 9.4v5.2L12.2 12z',
  link: 'M8.4 11h4.2V9.2l3.2 2.8-3.2 2.8V13H8.4z',
  cancel: 'M9.4 9.4l5.2 5.2M14.6 9.4l-5.2 5.2',
  terminate: 'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z',
}

const OWN: Partial<Record<StepKind, string>> = {
  start: 'M10.5 9l4.5 3-4.5 3z',
  approval: 'M9 4a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 4zM3 19c0-3.6 2.4-6 6-6 1.2 0 2.3.3 3.2.8M13 18l2.6 2.6L21 15',
  work: 'M9 4a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 4zM3 19c0-3.6 2.4-6 6-6 .9 0 1.7.1 2.4.4M13 20.5l.6-2.7 5-5 2.1 2.1-5 5z',
  copy: 'M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5',
  branch: 'M9.5 9.5l5 5M14.5 9.5l-5 5',
  parallel: 'M12 8v8M8 12h8',
  inclusive: 'M12 8.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2z',
  firstEvent: 'M12 8l3.8 2.8-1.4 4.4H9.6l-1.4-4.4z',
  complex: 'M12 8v8M8 12h8M9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4',
  wait: 'M12 7.5V12l3 2',
  automatic:
    'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2.1 2.1M15.9 15.9L18 18M18 6l-2.1 2.1M8.1 15.9L6 18',
  script: 'M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 5l-3 14',
  manual: 'M8 20c-2.4-1.6-3.4-4-3.4-6.4V9.4a1.2 1.2 0 0 1 2.4 0V12V6a1.2 1.2 0 0 1 2.4 0v5V4.8a1.2 1.2 0 0 1 2.4 0V11V6a1.2 1.2 0 0 1 2.4 0v8l2.2-2.6a1.3 1.3 0 0 1 2 1.6L14.6 20z',
  task: 'M6 12h12',
  decision: 'M3.5 9.5h17M9 9.5v9',
  send: 'M4 5l16 7-16 7 2.5-7zM6.5 12H20',
  receive: 'M3.5 13.5h5l1.5 2.5h4l1.5-2.5h5M12 4v7M9 8.5l3 3 3-3M3.5 13.5v6h17v-6',
  call: 'M12 11v5M9.5 13.5h5',
  subprocess: 'M12 11v5M9.5 13.5h5',
  eventSubprocess: 'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
  transaction: 'M6 8h12v8H6zM12 10v4M10 12h4',
  adHoc: 'M7.5 13c1.5-2.6 3-2.6 4.5-1s3 1.6 4.5-1',
  pool: 'M3 5h18v14H3zM7 5v14M7 12h14',
  data: 'M6 3.5h8l4 4v13H6zM14 3.5v4h4',
  note: 'M10 4H5v16h5M10 9h9M10 12.5h9M10 16h6',
  frame: 'M4 8V5h3M10 5h4M17 5h3v3M20 10.5v3M20 16v3h-3M14 19h-4M7 19H4v-3M4 13.5v-3',
}

/** No outline of the group is drawn around these. */
const BARE: readonly StepKind[] = ['approval', 'work', 'copy', 'automatic', 'script', 'manual', 'send', 'receive']

/** The sign of a kind. */
export function signOf(kind: StepKind): Sign {
  const form = formOf(kind)
  const glyph = OWN[kind] ?? (form.event ? EVENTS[form.event] : '')
  return { path: glyph, inner: isDouble(form) ? INNER_RING : '', filled: isSent(form), outline: outlineOf(kind, form), weight: weightOf(kind, form) }
}

function isDouble({ group }: ElementForm): boolean {
  return group === 'catch' || group === 'throw' || group === 'watch'
}

function isSent({ group, event }: ElementForm): boolean {
  return event !== undefined && event !== 'cancel' && (group === 'throw' || group === 'end')
}

function outlineOf(kind: StepKind, { group }: ElementForm): string {
  if (BARE.includes(kind) || group === 'scope') return ''
  if (group === 'branch') return DIAMOND
  return ['people', 'system', 'inner'].includes(group) ? BOX : RING
}

function weightOf(kind: StepKind, { group }: ElementForm): Sign['weight'] {
  if (kind === 'eventSubprocess') return 'dashed'
  return group === 'end' || kind === 'call' ? 'thick' : 'thin'
}
