/** The settings of start, end, timer and error events. */
import { extension, withExtensions } from './extensions'
import { parseFilter, toRows, writeRows, type Rows } from './filter'
import { child, children, isOf, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { readSpan, writeSpan, type Span } from './reminders'

/** When a timer fires. */
export type Timer =
  | { kind: 'duration'; span: Span }
  | { kind: 'date'; at: string }
  /** ISO 8601 such as `R/P1D`. */
  | { kind: 'cycle'; text: string }

/** When a saved record starts a case. */
export interface RecordTrigger {
  entity: string
  on: ('created' | 'updated')[]
  when?: Rows
  /** A condition nested deeper than rows can show, as JSON. */
  complex?: string
}

/** What starts a case. */
export type StartTrigger = { kind: 'none' } | { kind: 'timer'; timer: Timer } | { kind: 'record'; trigger: RecordTrigger }

/** How a path ends. */
export type EndResult = { kind: 'none' } | { kind: 'terminate' } | { kind: 'error'; code: string }

/** What a boundary event watches for; an absent code catches every error. */
export type BoundaryTrigger = { kind: 'timer'; timer: Timer } | { kind: 'error'; code: string }

/** Reads what starts a case. */
export function readStart(event: ModdleElement): StartTrigger {
  const trigger = extension(event, 'kapok:RecordTrigger')
  if (trigger) return { kind: 'record', trigger: readTrigger(trigger) }
  const timer = definition(event, 'bpmn:TimerEventDefinition')
  return timer ? { kind: 'timer', timer: readTimer(timer) } : { kind: 'none' }
}

/** Writes what starts a case. */
export function writeStart(factory: Factory, event: ModdleElement, start: StartTrigger): Edit {
  const edit = withExtensions(factory, event, {
    'kapok:RecordTrigger': start.kind === 'record' ? writeTrigger(factory, start.trigger) : undefined,
  })
  const definitions = start.kind === 'timer' ? [timerDefinition(factory, event, start.timer)] : undefined
  return { target: event, properties: { ...edit.properties, eventDefinitions: definitions } }
}

/** Reads the timer of an intermediate or boundary event. */
export function readEventTimer(event: ModdleElement): Timer | undefined {
  const timer = definition(event, 'bpmn:TimerEventDefinition')
  return timer && readTimer(timer)
}

/** Writes the timer of an event. */
export function writeEventTimer(factory: Factory, event: ModdleElement, timer: Timer): Edit {
  return { target: event, properties: { eventDefinitions: [timerDefinition(factory, event, timer)] } }
}

/** Reads how a path ends. */
export function readEnd(event: ModdleElement): EndResult {
  if (definition(event, 'bpmn:TerminateEventDefinition')) return { kind: 'terminate' }
  const error = definition(event, 'bpmn:ErrorEventDefinition')
  return error ? { kind: 'error', code: errorCode(error) } : { kind: 'none' }
}

/** Writes how a path ends. */
export function writeEnd(factory: Factory, event: ModdleElement, end: EndResult): Edit[] {
  switch (end.kind) {
    case 'none':
      return [{ target: event, properties: { eventDefinitions: undefined } }]
    case 'terminate': {
      const made = make(factory, 'bpmn:TerminateEventDefinition')
      made.$parent = event
      return [{ target: event, properties: { eventDefinitions: [made] } }]
    }
    case 'error':
      return writeErrorCode(factory, event, end.code)
  }
}

/** Reads what a boundary event watches for. */
export function readBoundary(event: ModdleElement): BoundaryTrigger | undefined {
  const timer = readEventTimer(event)
  if (timer) return { kind: 'timer', timer }
  const error = definition(event, 'bpmn:ErrorEventDefinition')
  return error && { kind: 'error', code: errorCode(error) }
}

/**
 * Makes the event carry this error code. BPMN keeps errors beside the processes, so one with the code is
 * used or added there.
 */
export function writeErrorCode(factory: Factory, event: ModdleElement, code: string): Edit[] {
  const edits: Edit[] = []
  let error: ModdleElement | undefined
  if (code !== '') {
    const root = rootOf(event)
    const roots = children(root, 'rootElements')
    error = roots.find((element) => isOf(element, 'bpmn:Error') && text(element, 'errorCode') === code)
    if (!error && root) {
      error = make(factory, 'bpmn:Error', { id: freeId(roots), name: code, errorCode: code })
      error.$parent = root
      edits.push({ target: root, properties: { rootElements: [...roots, error] } })
    }
  }
  const made = make(factory, 'bpmn:ErrorEventDefinition', { errorRef: error })
  if (error) error.$parent = rootOf(event) ?? event
  made.$parent = event
  return [...edits, { target: event, properties: { eventDefinitions: [made] } }]
}

function definition(event: ModdleElement, type: string): ModdleElement | undefined {
  return children(event, 'eventDefinitions').find((one) => one.$type === type)
}

function errorCode(definition: ModdleElement): string {
  return text(child(definition, 'errorRef'), 'errorCode') ?? ''
}

function rootOf(element: ModdleElement): ModdleElement | undefined {
  let at: ModdleElement | undefined = element
  while (at && !isOf(at, 'bpmn:Definitions')) at = at.$parent
  return at
}

function freeId(roots: readonly ModdleElement[]): string {
  let number = 1
  while (roots.some((element) => text(element, 'id') === `Error_${number}`)) number += 1
  return `Error_${number}`
}

function readTimer(timer: ModdleElement): Timer {
  const date = text(child(timer, 'timeDate'), 'body')
  if (date !== undefined) return { kind: 'date', at: date }
  const cycle = text(child(timer, 'timeCycle'), 'body')
  if (cycle !== undefined) return { kind: 'cycle', text: cycle }
  return { kind: 'duration', span: readSpan(text(child(timer, 'timeDuration'), 'body') ?? '') }
}

function timerDefinition(factory: Factory, event: ModdleElement, timer: Timer): ModdleElement {
  const expression = (body: string) => make(factory, 'bpmn:FormalExpression', { body })
  const made = make(factory, 'bpmn:TimerEventDefinition', {
    timeDate: timer.kind === 'date' ? expression(timer.at) : undefined,
    timeCycle: timer.kind === 'cycle' ? expression(timer.text) : undefined,
    timeDuration: timer.kind === 'duration' ? expression(writeSpan(timer.span)) : undefined,
  })
  made.$parent = event
  return made
}

function readTrigger(trigger: ModdleElement): RecordTrigger {
  const json = text(child(trigger, 'when'), 'body')
  const filter = json === undefined ? undefined : parseFilter(json)
  const when = filter && toRows(filter)
  const on = (text(trigger, 'on') ?? '').split(/\s+/)
  return {
    entity: text(trigger, 'entity') ?? '',
    on: (['created', 'updated'] as const).filter((one) => on.includes(one)),
    ...(when && { when }),
    ...(json !== undefined && !when && { complex: json }),
  }
}

function writeTrigger(factory: Factory, { entity, on, when, complex }: RecordTrigger): ModdleElement {
  const json = complex ?? (when && writeRows(when))
  return make(factory, 'kapok:RecordTrigger', {
    entity,
    on: on.join(' '),
    when: json === undefined ? undefined : make(factory, 'kapok:When', { body: json }),
  })
}
