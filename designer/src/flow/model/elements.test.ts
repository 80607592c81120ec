import { describe, expect, it } from 'vitest'
import { ALL_KINDS, formOf, insertKinds, nextKinds, replaceKinds, sameEventKinds, stepKind, watchKinds, type StepKind } from './elements'
import { children, type ModdleElement } from './moddle'
import { newStep, presetForReplaced } from './steps'
import { applyEdits, contentOf, elementOf, moddle, processOf } from './testing'

const words = (key: string) => key

describe('a kind', () => {
  it.each(ALL_KINDS.filter((kind) => kind !== 'pool'))('%s is known again once it is made', (kind) => {
    expect(stepKind(newStep(moddle, kind, words))).toBe(kind)
  })

  it.each<[StepKind, string]>([
    ['startTimer', '<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">0 0 9 * * MON-FRI</bpmn:timeCycle>'],
    ['wait', '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D</bpmn:timeDuration>'],
    ['throwLink', '<bpmn:linkEventDefinition name="A" />'],
    ['eventSubprocess', 'triggeredByEvent="true"'],
    ['note', '<bpmn:text>flow.step.note</bpmn:text>'],
    ['data', 'name="data"'],
  ])('%s begins with what it needs', async (kind, expected) => {
    const process = await processOf('')
    const step = newStep(moddle, kind, words)
    const list = kind === 'note' ? 'artifacts' : 'flowElements'
    applyEdits({ target: process, properties: { [list]: [...children(process, list), step] } })
    expect(await contentOf(process)).toContain(expected)
  })

  it('of an element that another tool made with several events is none', async () => {
    const process = await processOf(
      '<bpmn:startEvent id="x"><bpmn:messageEventDefinition/><bpmn:signalEventDefinition/></bpmn:startEvent>',
    )
    expect(stepKind(elementOf(process, 'x'))).toBeUndefined()
  })
})

describe('what is offered', () => {
  const made = (kind: StepKind): ModdleElement => newStep(moddle, kind, words)

  it('after a gateway that waits for events is only what can be waited for', () => {
    expect(nextKinds(made('firstEvent'))).toEqual(['wait', 'receive', 'catchMessage', 'catchSignal', 'catchCondition'])
  })

  it('after a step is everything that has a way in, and cancelling only within a transaction', async () => {
    const offered = nextKinds(made('work'))
    for (const kind of ['call', 'throwLink', 'endTerminate', 'adHoc', 'complex'] as const) expect(offered).toContain(kind)
    for (const kind of ['start', 'startMessage', 'catchLink', 'eventSubprocess', 'pool', 'watchTimer', 'endCancel'] as const) {
      expect(offered).not.toContain(kind)
    }
    const process = await processOf('<bpmn:transaction id="t"><bpmn:task id="x"/></bpmn:transaction>')
    expect(nextKinds(elementOf(elementOf(process, 't'), 'x'))).toContain('endCancel')
  })

  it('within a flow is nothing that ends it', () => {
    const offered = insertKinds(made('work'))
    expect(offered.filter((kind) => formOf(kind).group === 'end')).toEqual([])
    expect(offered).not.toContain('throwLink')
  })

  it('to watch a step is cancellation for transactions only', () => {
    expect(watchKinds(made('transaction'))).toContain('watchCancel')
    expect(watchKinds(made('work'))).not.toContain('watchCancel')
  })

  it('for a start depends on what it starts', async () => {
    const process = await processOf(
      '<bpmn:startEvent id="a"/><bpmn:subProcess id="s"><bpmn:startEvent id="b"/></bpmn:subProcess>' +
        '<bpmn:subProcess id="e" triggeredByEvent="true"><bpmn:startEvent id="c"/></bpmn:subProcess>',
    )
    expect(sameEventKinds(elementOf(process, 'a'))).toEqual(['start', 'startMessage', 'startTimer', 'startSignal', 'startCondition'])
    expect(sameEventKinds(elementOf(elementOf(process, 's'), 'b'))).toEqual(['start'])
    const inner = sameEventKinds(elementOf(elementOf(process, 'e'), 'c'))
    expect(inner).not.toContain('start')
    expect(inner).toContain('startCompensation')
  })

  it('as another kind stays within activities, gateways or events', () => {
    expect(replaceKinds(made('branch'))).toEqual(['parallel', 'inclusive', 'firstEvent', 'complex'])
    expect(replaceKinds(made('approval'))).toContain('eventSubprocess')
    expect(replaceKinds(made('catchMessage'))).toContain('throwMessage')
    expect(replaceKinds(made('catchMessage'))).not.toContain('endMessage')
  })
})

describe('a step turned into another kind', () => {
  it('keeps what both know and what nobody here knows', async () => {
    const process = await processOf(
      '<bpmn:userTask id="x"><bpmn:extensionElements><other:thing a="1"/><kapok:approval mode="any"/>' +
        '<kapok:assignees><kapok:initiator/></kapok:assignees></bpmn:extensionElements></bpmn:userTask>',
    )
    applyEdits(presetForReplaced(moddle, 'work', elementOf(process, 'x'), words))
    const work = await contentOf(process)
    expect(work).toContain('<kapok:assignees><kapok:initiator /></kapok:assignees>')
    expect(work).not.toContain('kapok:approval')
    applyEdits(presetForReplaced(moddle, 'manual', elementOf(process, 'x'), words))
    expect(await contentOf(process)).toBe(
      '<bpmn:userTask id="x"><bpmn:extensionElements><other:thing a="1" /></bpmn:extensionElements></bpmn:userTask>',
    )
  })
})
