/** What starts a case, and the timers and errors of events. */
import { extension, withExtensions } from './extensions'
import { parseFilter, toRows, writeRows, type Rows } from './filter'
import { child, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { rootNamed } from './roots'
import { readTimer, timerProperties, type Timer } from './timers'
import { definitionOf } from './triggers'

/** When a saved record starts a case. */
export interface RecordTrigger {
  entity: string
  on: ('created' | 'updated')[]
  when?: Rows
  /** A condition nested deeper than rows can show, as JSON. */
  complex?: string
}

/** Reads which saved record starts a case. */
export function readRecordTrigger(event: ModdleElement): RecordTrigger | undefined {
  const trigger = extension(event, 'kapok:RecordTrigger')
  return trigger && readTrigger(trigger)
}

/** Makes a saved record start a case, or no longer; nothing else starts it then. */
export function writeRecordTrigger(factory: Factory, event: ModdleElement, trigger: RecordTrigger | undefined): Edit {
  const edit = withExtensions(factory, event, { 'kapok:RecordTrigger': trigger && writeTrigger(factory, trigger) })
  return trigger ? { target: event, properties: { ...edit.properties, eventDefinitions: undefined } } : edit
}

/** Reads the timer of an intermediate or boundary event. */
export function readEventTimer(event: ModdleElement): Timer | undefined {
  const timer = definitionOf(event, 'timer')
  return timer && readTimer(timer)
}

/** Writes the timer of an event. */
export function writeEventTimer(factory: Factory, event: ModdleElement, timer: Timer): Edit {
  const made = make(factory, 'bpmn:TimerEventDefinition', timerProperties(factory, timer))
  made.$parent = event
  return { target: event, properties: { eventDefinitions: [made] } }
}

/** Makes an error event carry this code; without a code it catches every error. */
export function writeErrorCode(factory: Factory, event: ModdleElement, code: string): Edit[] {
  const { root, edits } = code === '' ? { root: undefined, edits: [] } : rootNamed(factory, event, 'error', code)
  const made = make(factory, 'bpmn:ErrorEventDefinition', { errorRef: root })
  made.$parent = event
  return [...edits, { target: event, properties: { eventDefinitions: [made] } }]
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
