import { describe, expect, it } from 'vitest'
import { children, type ModdleElement } from './moddle'
import { readProgress, writeProgress, type Progress } from './progress'
import { writeReference } from './roots'
import { applyEdits, elementOf, fileOf, moddle, processOf } from './testing'

const LOOP = '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
const many = (behavior: string, inner = '', id = 'x') =>
  `<bpmn:task id="${id}"><bpmn:multiInstanceLoopCharacteristics ${behavior}>${inner}</bpmn:multiInstanceLoopCharacteristics></bpmn:task>`
const task = async (content: string, before = ''): Promise<ModdleElement> => elementOf(await processOf(content, before), 'x')
const rootsOf = (activity: ModdleElement) => children(activity.$parent?.$parent, 'rootElements').map(({ $type }) => $type)
const told = (progress: Progress) => ('by' in progress ? [progress.when, progress.by] : [progress.when])

describe('what a repetition tells others', () => {
  it.each([
    ['nothing, as the standard assumes', '', ['never']],
    ['nothing, as it says', 'behavior="All"', ['never']],
    ['after the first', 'behavior="One" oneBehaviorEventRef="e"', ['first', 'signal']],
    ['after each', 'behavior="None" noneBehaviorEventRef="e"', ['each', 'signal']],
    ['after each, without an event', 'behavior="None"', ['each', undefined]],
    ['by conditions', 'behavior="Complex"', ['complex']],
  ])('is read: %s', async (_name, behavior, expected) => {
    expect(told(readProgress(await task(many(behavior), '<bpmn:signalEventDefinition id="e"/>')))).toEqual(expected)
  })

  it('is written, with its event at the top of the file, and the name of what it throws', async () => {
    const activity = await task(`<bpmn:task id="x">${LOOP}</bpmn:task>`)
    applyEdits(writeProgress(moddle, activity, 'first', 'message'))
    const progress = readProgress(activity)
    if (!('definition' in progress) || !progress.definition) throw new Error('nothing is thrown')
    applyEdits(writeReference(moddle, progress.definition, 'message', '有结果了'))
    const xml = await fileOf(activity.$parent ?? activity)
    expect(xml).toContain('<bpmn:multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="MessageEventDefinition_1">')
    expect(xml).toContain('<bpmn:messageEventDefinition id="MessageEventDefinition_1" messageRef="Message_1" />')
    expect(xml).toContain('<bpmn:message id="Message_1" name="有结果了" />')
    // Another moment throws the same.
    applyEdits(writeProgress(moddle, activity, 'each', 'message'))
    const later = await fileOf(activity.$parent ?? activity)
    expect(later).toContain('behavior="None" noneBehaviorEventRef="MessageEventDefinition_1">')
    expect(later.match(/<bpmn:messageEventDefinition/g)?.length).toBe(1)
  })

  it('takes the event it no longer throws out of the file, unless something else throws it', async () => {
    const event = '<bpmn:signalEventDefinition id="e"/>'
    const throwing = many('behavior="One" oneBehaviorEventRef="e"')
    const alone = await task(throwing, event)
    applyEdits(writeProgress(moddle, alone, 'never'))
    expect(rootsOf(alone)).toEqual(['bpmn:Process'])
    expect(readProgress(alone)).toEqual({ when: 'never' })

    const others = [
      many('behavior="None" noneBehaviorEventRef="e"', '', 'y'),
      '<bpmn:subProcess id="s"><bpmn:intermediateThrowEvent id="t"><bpmn:eventDefinitionRef>e</bpmn:eventDefinitionRef></bpmn:intermediateThrowEvent></bpmn:subProcess>',
    ]
    for (const other of others) {
      const shared = await task(throwing + other, event)
      applyEdits(writeProgress(moddle, shared, 'first', 'escalation'))
      expect(rootsOf(shared)).toEqual(['bpmn:SignalEventDefinition', 'bpmn:Process', 'bpmn:EscalationEventDefinition'])
    }
  })

  it('of a step that is done once is nothing to write', async () => {
    expect(writeProgress(moddle, await task('<bpmn:task id="x"/>'), 'first')).toEqual([])
  })
})
