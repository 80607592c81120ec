import { describe, expect, it } from 'vitest'
import { readCorrelation, writeCorrelation } from './correlation'
import { readConditionIn, writeConditionIn } from './expressions'
import { child, type ModdleElement } from './moddle'
import { readReference, referred, rootNames, writeReference } from './roots'
import { applyEdits, contentOf, elementOf, fileOf, moddle, processOf } from './testing'
import { EVERY_MORNING, scheduleFromCron, scheduleToCron, timeFromText, timeOfDay } from './timers'
import {
  addKind,
  definitionOf,
  eventKind,
  EVENT_KINDS,
  isInterrupting,
  linkNames,
  needsAll,
  readCompensation,
  readLink,
  removeDefinition,
  writeCompensation,
  writeInterrupting,
  writeKind,
  writeLink,
  writeNeedsAll,
} from './triggers'

function definition(event: ModdleElement, kind: Parameters<typeof definitionOf>[1]): ModdleElement {
  const found = definitionOf(event, kind)
  if (!found) throw new Error(`no ${kind}`)
  return found
}

describe('the kind of an event', () => {
  it.each(EVENT_KINDS)('%s is read as it was written', async (kind) => {
    const process = await processOf('<bpmn:endEvent id="x"/>')
    const event = elementOf(process, 'x')
    applyEdits(writeKind(moddle, event, kind))
    expect(eventKind(event)).toBe(kind)
    applyEdits(writeKind(moddle, event, undefined))
    expect(await contentOf(process)).toBe('<bpmn:endEvent id="x" />')
  })
})

describe('an event of several kinds', () => {
  it('is any of them or all, and of one again', async () => {
    const process = await processOf('<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>')
    const event = elementOf(process, 'x')
    applyEdits(addKind(moddle, event, 'signal'))
    applyEdits(writeNeedsAll(event, true))
    expect([eventKind(event), needsAll(event)]).toEqual(['several', true])
    expect(await contentOf(process)).toBe(
      '<bpmn:intermediateCatchEvent id="x" parallelMultiple="true"><bpmn:messageEventDefinition /><bpmn:signalEventDefinition /></bpmn:intermediateCatchEvent>',
    )
    applyEdits(removeDefinition(event, definition(event, 'message')))
    expect([eventKind(event), needsAll(event)]).toEqual(['signal', false])
  })
})

describe('what events refer to', () => {
  it.each([
    ['message', 'bpmn:messageEventDefinition', '<bpmn:message id="Message_1" name="订单" />'],
    ['signal', 'bpmn:signalEventDefinition', '<bpmn:signal id="Signal_1" name="订单" />'],
    ['error', 'bpmn:errorEventDefinition', '<bpmn:error id="Error_1" name="订单" errorCode="订单" />'],
    ['escalation', 'bpmn:escalationEventDefinition', '<bpmn:escalation id="Escalation_1" name="订单" escalationCode="订单" />'],
  ] as const)('%s is made once and shared', async (kind, tag, made) => {
    const process = await processOf(`<bpmn:endEvent id="a"><${tag}/></bpmn:endEvent><bpmn:endEvent id="b"><${tag}/></bpmn:endEvent>`)
    for (const id of ['a', 'b']) {
      const owner = definition(elementOf(process, id), kind)
      applyEdits(writeReference(moddle, owner, kind, ' 订单 '))
      expect(readReference(owner, kind)).toBe('订单')
    }
    expect((await fileOf(process)).split(made)).toHaveLength(2)
    expect(rootNames(process, kind)).toEqual(['订单'])
    applyEdits(writeReference(moddle, definition(elementOf(process, 'a'), kind), kind, ''))
    expect(readReference(definition(elementOf(process, 'a'), kind), kind)).toBe('')
  })

  it('is known by its id when it has no name', async () => {
    const process = await processOf(
      '<bpmn:receiveTask id="x" messageRef="m"/>',
      '<bpmn:message id="m"/>',
    )
    expect(readReference(elementOf(process, 'x'), 'message')).toBe('m')
  })

  it('finds its case by a key, in our words or another engine’s', async () => {
    const zeebe = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    const process = await processOf(
      '<bpmn:receiveTask id="x" messageRef="m"/>',
      `<bpmn:message id="m" name="n" ${zeebe}><bpmn:extensionElements><zeebe:subscription correlationKey="= orderId"/></bpmn:extensionElements></bpmn:message>`,
    )
    const message = referred(elementOf(process, 'x'), 'message')
    if (!message) throw new Error('no message')
    expect(readCorrelation(message)).toBe('= orderId')
    applyEdits(writeCorrelation(moddle, message, 'record.number'))
    expect(readCorrelation(message)).toBe('record.number')
    const xml = await fileOf(process)
    expect(xml).toContain('<kapok:correlation key="record.number" />')
    expect(xml).toContain('correlationKey="= orderId"')
    applyEdits(writeCorrelation(moddle, message, ''))
    expect(await fileOf(process)).not.toContain('kapok:correlation')
  })
})

describe('an event', () => {
  it('waits for rows of a condition', async () => {
    const process = await processOf('<bpmn:intermediateCatchEvent id="x"><bpmn:conditionalEventDefinition/></bpmn:intermediateCatchEvent>')
    const owner = definition(elementOf(process, 'x'), 'condition')
    const condition = { kind: 'rows', rows: { join: 'all', rows: [{ field: 'stock', op: '<', value: 5 }] } } as const
    applyEdits(writeConditionIn(moddle, owner, 'condition', { ...condition, rows: { join: 'all', rows: [...condition.rows.rows] } }))
    expect(readConditionIn(owner, 'condition')).toEqual(condition)
    expect(await contentOf(process)).toContain('language="urn:kapok:filter">{"all":[{"field":"stock","op":"&lt;","value":5}]}</bpmn:condition>')
  })

  it('jumps to the mark of another', async () => {
    const process = await processOf(
      '<bpmn:intermediateThrowEvent id="x"><bpmn:linkEventDefinition name="A"/></bpmn:intermediateThrowEvent>' +
        '<bpmn:intermediateCatchEvent id="y"><bpmn:linkEventDefinition name="B"/></bpmn:intermediateCatchEvent>',
    )
    expect(linkNames(elementOf(process, 'x'))).toEqual(['A', 'B'])
    applyEdits(writeLink(elementOf(process, 'x'), 'B'))
    applyEdits(writeLink(elementOf(process, 'x'), ' '))
    expect(readLink(elementOf(process, 'x'))).toBe('B')
  })

  it('undoes one step or everything, and waits or not', async () => {
    const process = await processOf(
      '<bpmn:task id="t"/><bpmn:endEvent id="x"><bpmn:compensateEventDefinition/></bpmn:endEvent>',
    )
    const event = elementOf(process, 'x')
    expect(readCompensation(event)).toEqual({ activity: '', waits: true })
    applyEdits(writeCompensation(event, elementOf(process, 't'), false))
    expect(readCompensation(event)).toEqual({ activity: 't', waits: false })
    expect(await contentOf(process)).toContain('<bpmn:compensateEventDefinition waitForCompletion="false" activityRef="t" />')
    expect(child(definition(event, 'compensation'), 'activityRef')?.$parent).toBe(process)
  })

  it.each(['boundaryEvent', 'startEvent'])('%s stops what it watches, or not', async (tag) => {
    const process = await processOf(`<bpmn:${tag} id="x"/>`)
    const event = elementOf(process, 'x')
    expect(isInterrupting(event)).toBe(true)
    applyEdits(writeInterrupting(event, false))
    expect(isInterrupting(event)).toBe(false)
  })
})

describe('a time that comes again', () => {
  it.each([
    ['0 0 9 * * *', { at: { hour: 9, minute: 0 }, on: 'daily' }],
    ['0 0 9 * * MON-FRI', { at: { hour: 9, minute: 0 }, on: 'workdays' }],
    ['0 30 17 * * WED', { at: { hour: 17, minute: 30 }, on: 'weekly', day: 'WED' }],
    ['0 5 8 15 * *', { at: { hour: 8, minute: 5 }, on: 'monthly', day: 15 }],
  ] as const)('%s has words', (cron, schedule) => {
    expect(scheduleFromCron(cron)).toEqual(schedule)
    expect(scheduleToCron(schedule)).toBe(cron)
  })

  it.each(['0 0/30 9 * * *', '0 0 25 * * *', '0 0 9 1 * MON', 'R/P1D', '0 0 9 * * XYZ'])('%s has none', (cron) => {
    expect(scheduleFromCron(cron)).toBeUndefined()
  })

  it('begins with every working morning', () => {
    expect(EVERY_MORNING.kind === 'cycle' && scheduleFromCron(EVERY_MORNING.text)?.on).toBe('workdays')
  })

  it.each([
    ['9:05', '09:05'],
    ['17：30', '17:30'],
  ])('is typed as %s', (typed, shown) => {
    const at = timeFromText(typed)
    expect(at && timeOfDay(at)).toBe(shown)
  })

  it.each(['24:00', '9', '9:60', ''])('is not %s', (typed) => {
    expect(timeFromText(typed)).toBeUndefined()
  })
})
