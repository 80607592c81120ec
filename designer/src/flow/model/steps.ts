/** What a new step begins with. */
import { writeServiceWork } from './automation'
import { formOf, type StepKind } from './elements'
import { writeErrorCode } from './events'
import { replaceExtensions } from './extensions'
import { NEW_APPROVAL, readHumanTask, writeHumanTask } from './humanTask'
import { child, children, isOf, make, put, type Edit, type Factory, type ModdleElement } from './moddle'
import { writeReference } from './roots'
import type { Say } from './summary'
import { EVERY_MORNING } from './timers'
import { definitionOf, writeKind } from './triggers'

/** A new step with what it needs to work at once, wherever something sensible is known. */
export function newStep(factory: Factory, kind: StepKind, say: Say): ModdleElement {
  const { type, byEvent } = formOf(kind)
  const step = make(factory, type, { ...named(kind, type, say), triggeredByEvent: byEvent })
  // The step is not on the canvas yet, so there is nothing to undo.
  for (const [name, value] of Object.entries(preset(factory, kind, step, say))) put(step, name, value)
  return step
}

function named(kind: StepKind, type: string, say: Say): Record<string, string> {
  switch (type) {
    case 'bpmn:Group':
      // The canvas names a frame once it is drawn.
      return {}
    case 'bpmn:TextAnnotation':
      return { text: say(`flow.step.${kind}`) }
    case 'bpmn:DataObjectReference':
      // The name of data is the name of a variable.
      return { name: 'data' }
    default:
      return { name: say(`flow.step.${kind}`) }
  }
}

/** What a step begins with that needs the file it stands in: codes of errors and escalations. */
export function presetInFile(factory: Factory, kind: StepKind, step: ModdleElement): Edit[] {
  if (kind === 'endError') return writeErrorCode(factory, step, 'error')
  const escalation = kind === 'endEscalation' || kind === 'throwEscalation' ? definitionOf(step, 'escalation') : undefined
  return escalation ? writeReference(factory, escalation, 'escalation', 'escalation') : []
}

/** What a step begins with in a lane: nobody is named, so that the people of the lane do it. */
export function presetInLane(factory: Factory, kind: StepKind, step: ModdleElement): Edit[] {
  if (kind !== 'approval' && kind !== 'work') return []
  return [writeHumanTask(factory, step, { ...readHumanTask(step), assignees: [] })]
}

/** What a step that was another kind begins with; what the kinds share stays. */
export function presetForReplaced(factory: Factory, kind: StepKind, step: ModdleElement, say: Say): Edit[] {
  const isHuman = kind === 'approval' || kind === 'work'
  const wasHuman = isHuman && isOf(step, 'bpmn:UserTask') && children(child(step, 'extensionElements'), 'values').length > 0
  if (wasHuman) {
    const { approval: _approval, ...rest } = readHumanTask(step)
    return [writeHumanTask(factory, step, kind === 'approval' ? { ...rest, approval: NEW_APPROVAL } : rest)]
  }
  if (keepsDefinition(kind, step)) return []
  const properties = preset(factory, kind, step, say)
  const edits: Edit[] = [{ target: step, properties }]
  return 'extensionElements' in properties ? edits : [withoutOwn(factory, step), ...edits]
}

/** Whether the canvas has already given the event all that it begins with. */
function keepsDefinition(kind: StepKind, step: ModdleElement): boolean {
  const { event } = formOf(kind)
  const definition = event && definitionOf(step, event)
  if (!definition) return false
  const isSet = (name: string) => definition.get(name) !== undefined
  if (event === 'timer') return ['timeDate', 'timeCycle', 'timeDuration'].some(isSet)
  return event === 'link' ? isSet('name') : true
}

/** Settings of ours that the new kind has no use for. */
function withoutOwn(factory: Factory, step: ModdleElement): Edit {
  return replaceExtensions(factory, step, (value) => value.$type.startsWith('kapok:'), [])
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
    case 'startTimer':
      return writeKind(factory, step, 'timer', EVERY_MORNING).properties
    default: {
      const { event } = formOf(kind)
      return event ? writeKind(factory, step, event).properties : {}
    }
  }
}
