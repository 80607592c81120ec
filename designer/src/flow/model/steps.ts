/** The steps by the words people use for them, and what a new one begins with. */
import { readServiceWork, writeServiceWork } from './automation'
import { writeErrorCode, writeEventTimer } from './events'
import { extension } from './extensions'
import { NEW_APPROVAL, writeHumanTask } from './humanTask'
import { isOf, make, type Factory, type ModdleElement } from './moddle'
import type { Say } from './summary'

/** What can be drawn, in the order of the palette. */
export const STEP_KINDS = [
  'start',
  'approval',
  'work',
  'copy',
  'branch',
  'parallel',
  'wait',
  'automatic',
  'script',
  'subprocess',
  'end',
] as const

/** One of the steps. */
export type StepKind = (typeof STEP_KINDS)[number]

/** Steps that can follow another. */
export const NEXT_STEPS = STEP_KINDS.filter((kind) => kind !== 'start')

const TYPES: Record<StepKind, string> = {
  start: 'bpmn:StartEvent',
  approval: 'bpmn:UserTask',
  work: 'bpmn:UserTask',
  copy: 'bpmn:ServiceTask',
  branch: 'bpmn:ExclusiveGateway',
  parallel: 'bpmn:ParallelGateway',
  wait: 'bpmn:IntermediateCatchEvent',
  automatic: 'bpmn:ServiceTask',
  script: 'bpmn:ScriptTask',
  subprocess: 'bpmn:SubProcess',
  end: 'bpmn:EndEvent',
}

/** The word for an element, when the palette has one. */
export function stepKind(element: ModdleElement): StepKind | undefined {
  if (isOf(element, 'bpmn:UserTask')) return extension(element, 'kapok:Approval') ? 'approval' : 'work'
  if (isOf(element, 'bpmn:ServiceTask')) return readServiceWork(element)?.kind === 'message' ? 'copy' : 'automatic'
  return STEP_KINDS.find((kind) => isOf(element, TYPES[kind]))
}

/** A new step with what it needs to work at once, wherever something sensible is known. */
export function newStep(factory: Factory, kind: StepKind, say: Say): ModdleElement {
  const step = make(factory, TYPES[kind], { name: say(`flow.step.${kind}`) })
  // The step is not on the canvas yet, so there is nothing to undo.
  return Object.assign(step, preset(factory, kind, step, say))
}

/** What watches over a step: it fires a day after the step began, or on any failure. */
export function newWatch(factory: Factory, trigger: 'timer' | 'error', say: Say): ModdleElement {
  const event = make(factory, 'bpmn:BoundaryEvent', { name: say(`flow.boundary.${trigger}`) })
  const edits =
    trigger === 'timer'
      ? [writeEventTimer(factory, event, { kind: 'duration', span: { amount: 1, unit: 'days' } })]
      : writeErrorCode(factory, event, '')
  for (const { properties } of edits) Object.assign(event, properties)
  return event
}

function preset(factory: Factory, kind: StepKind, step: ModdleElement, say: Say): Record<string, unknown> {
  switch (kind) {
    case 'approval':
      return writeHumanTask(factory, step, {
        approval: NEW_APPROVAL,
        assignees: [{ kind: 'superior', level: 1 }],
        fields: {},
        reminders: { rungs: [] },
      }).properties
    case 'work':
      return writeHumanTask(factory, step, {
        assignees: [{ kind: 'initiator' }],
        fields: {},
        reminders: { rungs: [] },
      }).properties
    case 'copy':
      return writeServiceWork(factory, step, {
        kind: 'message',
        message: {
          channel: 'page',
          to: [],
          title: say('flow.message.defaultTitle'),
          text: say('flow.message.defaultText'),
        },
      }).properties
    case 'wait':
      return writeEventTimer(factory, step, { kind: 'duration', span: { amount: 1, unit: 'days' } }).properties
    case 'start':
    case 'branch':
    case 'parallel':
    case 'automatic':
    case 'script':
    case 'subprocess':
    case 'end':
      return {}
  }
}
