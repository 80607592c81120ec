/** Everything that can be drawn, by the words people use for it, and what each is in BPMN. */
import { readServiceWork } from './automation'
import { extension } from './extensions'
import { children, flag, isOf, type ModdleElement } from './moddle'
import { DEFINITIONS, eventKind, type EventKind } from './triggers'

/** The groups of the long list. */
export const GROUPS = ['people', 'system', 'branch', 'catch', 'throw', 'start', 'end', 'inner', 'scope', 'watch'] as const

/** One of the groups. */
export type Group = (typeof GROUPS)[number]

/** What a kind is in BPMN. */
export interface ElementForm {
  type: string
  group: Group
  event?: EventKind
  /** A sub-process that an event starts. */
  byEvent?: boolean
}

const start = (event?: EventKind): ElementForm => ({ type: 'bpmn:StartEvent', group: 'start', ...(event && { event }) })
const end = (event?: EventKind): ElementForm => ({ type: 'bpmn:EndEvent', group: 'end', ...(event && { event }) })
const receive = (event: EventKind): ElementForm => ({ type: 'bpmn:IntermediateCatchEvent', group: 'catch', event })
const send = (event?: EventKind): ElementForm => ({
  type: 'bpmn:IntermediateThrowEvent',
  group: 'throw',
  ...(event && { event }),
})
const watch = (event: EventKind): ElementForm => ({ type: 'bpmn:BoundaryEvent', group: 'watch', event })

/** Every kind, in the order of the lists. */
export const ELEMENTS = {
  start: start(),
  approval: { type: 'bpmn:UserTask', group: 'people' },
  work: { type: 'bpmn:UserTask', group: 'people' },
  copy: { type: 'bpmn:ServiceTask', group: 'people' },
  branch: { type: 'bpmn:ExclusiveGateway', group: 'branch' },
  parallel: { type: 'bpmn:ParallelGateway', group: 'branch' },
  wait: receive('timer'),
  automatic: { type: 'bpmn:ServiceTask', group: 'system' },
  script: { type: 'bpmn:ScriptTask', group: 'system' },
  subprocess: { type: 'bpmn:SubProcess', group: 'inner' },
  end: end(),

  manual: { type: 'bpmn:ManualTask', group: 'people' },
  task: { type: 'bpmn:Task', group: 'people' },
  decision: { type: 'bpmn:BusinessRuleTask', group: 'system' },
  send: { type: 'bpmn:SendTask', group: 'system' },
  receive: { type: 'bpmn:ReceiveTask', group: 'system' },
  inclusive: { type: 'bpmn:InclusiveGateway', group: 'branch' },
  firstEvent: { type: 'bpmn:EventBasedGateway', group: 'branch' },
  complex: { type: 'bpmn:ComplexGateway', group: 'branch' },

  catchMessage: receive('message'),
  catchSignal: receive('signal'),
  catchCondition: receive('condition'),
  catchLink: receive('link'),
  milestone: send(),
  throwMessage: send('message'),
  throwSignal: send('signal'),
  throwEscalation: send('escalation'),
  throwCompensation: send('compensation'),
  throwLink: send('link'),

  startMessage: start('message'),
  startTimer: start('timer'),
  startSignal: start('signal'),
  startCondition: start('condition'),
  startError: start('error'),
  startEscalation: start('escalation'),
  startCompensation: start('compensation'),
  endTerminate: end('terminate'),
  endError: end('error'),
  endMessage: end('message'),
  endSignal: end('signal'),
  endEscalation: end('escalation'),
  endCompensation: end('compensation'),
  endCancel: end('cancel'),

  call: { type: 'bpmn:CallActivity', group: 'inner' },
  eventSubprocess: { type: 'bpmn:SubProcess', group: 'inner', byEvent: true },
  transaction: { type: 'bpmn:Transaction', group: 'inner' },
  adHoc: { type: 'bpmn:AdHocSubProcess', group: 'inner' },
  pool: { type: 'bpmn:Participant', group: 'scope' },
  data: { type: 'bpmn:DataObjectReference', group: 'scope' },
  note: { type: 'bpmn:TextAnnotation', group: 'scope' },
  frame: { type: 'bpmn:Group', group: 'scope' },

  watchTimer: watch('timer'),
  watchError: watch('error'),
  watchMessage: watch('message'),
  watchSignal: watch('signal'),
  watchCondition: watch('condition'),
  watchEscalation: watch('escalation'),
  watchCompensation: watch('compensation'),
  watchCancel: watch('cancel'),
} as const satisfies Record<string, ElementForm>

/** One of the kinds. */
export type StepKind = keyof typeof ELEMENTS

/** All kinds. */
export const ALL_KINDS = Object.keys(ELEMENTS) as StepKind[]

/** What a kind is in BPMN. */
export function formOf(kind: StepKind): ElementForm {
  return ELEMENTS[kind]
}

/** The kinds of every day, which stand in the palette. */
export const STEP_KINDS = ALL_KINDS.slice(0, ALL_KINDS.indexOf('end') + 1)

/** Starts that only a sub-process which an event starts can have. */
const INNER_STARTS: readonly StepKind[] = ['startError', 'startEscalation', 'startCompensation']

/** What the long list of the palette has. */
export const MORE_KINDS = ALL_KINDS.filter(
  (kind) => !STEP_KINDS.includes(kind) && formOf(kind).group !== 'watch' && !INNER_STARTS.includes(kind),
)

/** The word for an element, when there is one. */
export function stepKind(element: ModdleElement): StepKind | undefined {
  if (isOf(element, 'bpmn:UserTask')) return extension(element, 'kapok:Approval') ? 'approval' : 'work'
  if (isOf(element, 'bpmn:ServiceTask')) return readServiceWork(element)?.kind === 'message' ? 'copy' : 'automatic'
  const event = eventKind(element)
  return ALL_KINDS.find((kind) => {
    const form = formOf(kind)
    return form.type === element.$type && form.event === event && (form.byEvent ?? false) === flag(element, 'triggeredByEvent')
  })
}

/** What can follow a step: after a gateway that waits for the first event only events. */
export function nextKinds(source: ModdleElement): StepKind[] {
  const group = (kind: StepKind) => formOf(kind).group
  if (isOf(source, 'bpmn:EventBasedGateway')) {
    return ALL_KINDS.filter((kind) => (group(kind) === 'catch' && kind !== 'catchLink') || kind === 'receive')
  }
  if (isCompensationWatch(source)) return ALL_KINDS.filter(isCompensationHandler)
  const inTransaction = isIn(source, 'bpmn:Transaction')
  return ALL_KINDS.filter(
    (kind) =>
      !['start', 'scope', 'watch'].includes(group(kind)) &&
      kind !== 'catchLink' &&
      kind !== 'eventSubprocess' &&
      (kind !== 'endCancel' || inTransaction),
  )
}

/** What can be put into a flow: something must follow it. */
export function insertKinds(source: ModdleElement): StepKind[] {
  return nextKinds(source).filter((kind) => formOf(kind).group !== 'end' && kind !== 'throwLink')
}

/** What can watch over an activity. */
export function watchKinds(activity: ModdleElement): StepKind[] {
  return ALL_KINDS.filter(
    (kind) => formOf(kind).group === 'watch' && (kind !== 'watchCancel' || isOf(activity, 'bpmn:Transaction')),
  )
}

/** What an element can be turned into. */
export function replaceKinds(element: ModdleElement): StepKind[] {
  const now = stepKind(element)
  return sameFamily(element).filter((kind) => kind !== now)
}

/** The kinds of events that an event can be made by its settings alone. */
export function sameEventKinds(event: ModdleElement): StepKind[] {
  return sameFamily(event).filter((kind) => formOf(kind).type === event.$type)
}

function sameFamily(element: ModdleElement): StepKind[] {
  const of = (types: readonly string[]) => ALL_KINDS.filter((kind) => types.includes(formOf(kind).type))
  if (isOf(element, 'bpmn:BoundaryEvent')) return watchKinds(attachedTo(element) ?? element)
  if (isOf(element, 'bpmn:StartEvent')) {
    const byEvent = flag(element.$parent, 'triggeredByEvent')
    const inner = !byEvent && element.$parent !== undefined && isOf(element.$parent, 'bpmn:SubProcess')
    return of(['bpmn:StartEvent']).filter((kind) => {
      if (byEvent) return kind !== 'start'
      return inner ? kind === 'start' : !INNER_STARTS.includes(kind)
    })
  }
  if (isOf(element, 'bpmn:EndEvent')) {
    return of(['bpmn:EndEvent']).filter((kind) => kind !== 'endCancel' || isIn(element, 'bpmn:Transaction'))
  }
  if (isOf(element, 'bpmn:Event')) return of(['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'])
  if (isOf(element, 'bpmn:Gateway')) return ALL_KINDS.filter((kind) => formOf(kind).group === 'branch')
  if (isOf(element, 'bpmn:Activity')) {
    const isConnected = children(element, 'incoming').length + children(element, 'outgoing').length > 0
    return ALL_KINDS.filter(
      (kind) =>
        ['people', 'system', 'inner'].includes(formOf(kind).group) && (kind !== 'eventSubprocess' || !isConnected),
    )
  }
  return []
}

/** Whether the event watches for the undoing of its step. */
export function isCompensationWatch(element: ModdleElement): boolean {
  return element.$type === 'bpmn:BoundaryEvent' && eventKind(element) === 'compensation'
}

function isCompensationHandler(kind: StepKind): boolean {
  const { group } = formOf(kind)
  return (group === 'people' || group === 'system' || group === 'inner') && kind !== 'eventSubprocess'
}

function attachedTo(event: ModdleElement): ModdleElement | undefined {
  const host = event.get('attachedToRef')
  return typeof host === 'object' && host !== null ? (host as ModdleElement) : undefined
}

function isIn(element: ModdleElement, type: string): boolean {
  let at = element.$parent
  while (at) {
    if (isOf(at, type)) return true
    at = at.$parent
  }
  return false
}

/** bpmn-js's name for the definition of a kind. */
export function definitionType(kind: StepKind): string | undefined {
  const { event } = formOf(kind)
  return event && DEFINITIONS[event]
}
