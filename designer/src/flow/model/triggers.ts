/** What an event waits for or brings about: its event definition. */
import { child, children, flag, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { timerProperties, type Timer } from './timers'

/** The kinds of events by BPMN's names for their definitions. */
export const DEFINITIONS = {
  message: 'bpmn:MessageEventDefinition',
  timer: 'bpmn:TimerEventDefinition',
  signal: 'bpmn:SignalEventDefinition',
  condition: 'bpmn:ConditionalEventDefinition',
  error: 'bpmn:ErrorEventDefinition',
  escalation: 'bpmn:EscalationEventDefinition',
  compensation: 'bpmn:CompensateEventDefinition',
  link: 'bpmn:LinkEventDefinition',
  cancel: 'bpmn:CancelEventDefinition',
  terminate: 'bpmn:TerminateEventDefinition',
} as const

/** One of them. */
export type EventKind = keyof typeof DEFINITIONS

/** All kinds. */
export const EVENT_KINDS = Object.keys(DEFINITIONS) as EventKind[]

/** The event's definition of this kind. */
export function definitionOf(event: ModdleElement, kind: EventKind): ModdleElement | undefined {
  return children(event, 'eventDefinitions').find((one) => one.$type === DEFINITIONS[kind])
}

/** The kind of an event; `several` when it has more definitions than one, nothing when it has none. */
export function eventKind(event: ModdleElement): EventKind | 'several' | undefined {
  const definitions = children(event, 'eventDefinitions')
  if (definitions.length > 1) return 'several'
  return definitions[0] && kindOf(definitions[0])
}

const ONE_DAY: Timer = { kind: 'duration', span: { amount: 1, unit: 'days' } }

/** Makes an event of this kind, or of none. What it had before is gone. */
export function writeKind(
  factory: Factory,
  event: ModdleElement,
  kind: EventKind | undefined,
  timer: Timer = ONE_DAY,
): Edit {
  // One thing is neither any of several nor all of them.
  const single = event.get('parallelMultiple') === true ? { parallelMultiple: undefined } : {}
  if (!kind) return { target: event, properties: { eventDefinitions: undefined, ...single } }
  return { target: event, properties: { eventDefinitions: [newDefinition(factory, event, kind, timer)], ...single } }
}

/** What can happen beside something else. */
const COMBINED: readonly EventKind[] = ['message', 'timer', 'signal', 'condition', 'error', 'escalation', 'compensation']

/** Whether an event of this kind can wait for, or bring about, something else too. */
export function isCombined(kind: EventKind): boolean {
  return COMBINED.includes(kind)
}

/** The kind of an event definition. */
export function kindOf(definition: ModdleElement): EventKind | undefined {
  return EVENT_KINDS.find((kind) => definition.$type === DEFINITIONS[kind])
}

/** Makes an event wait for, or bring about, one thing more. */
export function addKind(factory: Factory, event: ModdleElement, kind: EventKind): Edit {
  const definitions = [...children(event, 'eventDefinitions'), newDefinition(factory, event, kind, ONE_DAY)]
  return { target: event, properties: { eventDefinitions: definitions } }
}

/** Makes an event wait for, or bring about, one thing less. */
export function removeDefinition(event: ModdleElement, definition: ModdleElement): Edit {
  const definitions = children(event, 'eventDefinitions').filter((one) => one !== definition)
  const single = definitions.length < 2 && event.get('parallelMultiple') === true ? { parallelMultiple: undefined } : {}
  return { target: event, properties: { eventDefinitions: definitions, ...single } }
}

/** Whether all of several things must happen; one is enough otherwise. */
export function needsAll(event: ModdleElement): boolean {
  return flag(event, 'parallelMultiple')
}

/** Sets whether all of several things must happen. */
export function writeNeedsAll(event: ModdleElement, all: boolean): Edit {
  return { target: event, properties: { parallelMultiple: all || undefined } }
}

function newDefinition(factory: Factory, event: ModdleElement, kind: EventKind, timer: Timer): ModdleElement {
  const made = make(factory, DEFINITIONS[kind], {
    ...(kind === 'timer' && timerProperties(factory, timer)),
    ...(kind === 'link' && { name: 'A' }),
  })
  made.$parent = event
  return made
}


/** Reads the name of a link. */
export function readLink(event: ModdleElement): string {
  return text(definitionOf(event, 'link'), 'name') ?? ''
}

/** Names a link. */
export function writeLink(event: ModdleElement, name: string): Edit[] {
  const definition = definitionOf(event, 'link')
  return definition && name.trim() !== '' ? [{ target: definition, properties: { name: name.trim() } }] : []
}

/** The names of all links beside the event. */
export function linkNames(event: ModdleElement): string[] {
  const beside = children(event.$parent, 'flowElements').map(readLink)
  return [...new Set(beside)].filter((name) => name !== '')
}

/** What is undone, and whether the process waits for it. */
export interface Compensation {
  /** The id of one step; empty means all that was done. */
  activity: string
  waits: boolean
}

/** Reads what a compensation event undoes. */
export function readCompensation(event: ModdleElement): Compensation {
  const definition = definitionOf(event, 'compensation')
  return {
    activity: text(child(definition, 'activityRef'), 'id') ?? '',
    waits: definition?.get('waitForCompletion') !== false,
  }
}

/** Writes what a compensation event undoes; `activity` is the step's object, absent for all. */
export function writeCompensation(event: ModdleElement, activity: ModdleElement | undefined, waits: boolean): Edit[] {
  const definition = definitionOf(event, 'compensation')
  // What the standard assumes anyway is not written.
  const wait = waits ? undefined : false
  return definition ? [{ target: definition, properties: { activityRef: activity, waitForCompletion: wait } }] : []
}

/** Whether the event stops what it watches, or the process around its sub-process. */
export function isInterrupting(event: ModdleElement): boolean {
  const name = event.$type === 'bpmn:BoundaryEvent' ? 'cancelActivity' : 'isInterrupting'
  return event.get(name) !== false
}

/** Sets whether the event stops what it watches. */
export function writeInterrupting(event: ModdleElement, interrupting: boolean): Edit {
  const name = event.$type === 'bpmn:BoundaryEvent' ? 'cancelActivity' : 'isInterrupting'
  return { target: event, properties: { [name]: interrupting } }
}

/** Whether the event stands in a sub-process that an event starts. */
export function isEventStart(event: ModdleElement): boolean {
  return event.$type === 'bpmn:StartEvent' && flag(event.$parent, 'triggeredByEvent')
}
