import { describe, expect, it } from 'vitest'
import {
  canBegin,
  readActivation,
  readAdHoc,
  readBeginning,
  readCounts,
  readDecision,
  writeActivation,
  writeAdHoc,
  writeBeginning,
  writeCounts,
  writeDecision,
  type Activation,
} from './activities'
import { readCall, writeCall, type Call } from './calls'
import { copyProcess } from './definitions'
import { fieldScope, listOptions } from './fields'
import { isBranch, mayBranch } from './flows'
import { readLoop, writeLoop, type Loop } from './loops'
import { applyEdits, contentOf, elementOf, fileOf, moddle, processOf } from './testing'

const task = (inner = '', attributes = '') => processOf(`<bpmn:task id="x"${attributes}>${inner}</bpmn:task>`)

const loops: [string, Loop, string[]][] = [
  [
    'again while a condition holds',
    { kind: 'repeat', condition: { kind: 'script', source: 'open > 0' }, most: 5, asksBefore: true },
    [
      '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="5">',
      '<bpmn:loopCondition xsi:type="bpmn:tFormalExpression" language="rhai">open &gt; 0</bpmn:loopCondition>',
    ],
  ],
  [
    'for each of a list, collected, until more than half are done',
    {
      kind: 'each',
      inOrder: true,
      over: { kind: 'list', list: 'experts', item: 'expert' },
      collected: { item: 'opinion', list: 'opinions' },
      finish: { kind: 'half' },
    },
    [
      '<bpmn:multiInstanceLoopCharacteristics isSequential="true">',
      '<bpmn:loopDataInputRef>experts</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>opinions</bpmn:loopDataOutputRef>',
      '<bpmn:inputDataItem name="expert" /><bpmn:outputDataItem name="opinion" />',
      'language="rhai">numberOfCompletedInstances * 2 &gt; numberOfInstances</bpmn:completionCondition>',
    ],
  ],
  [
    'a number of times, until one is done',
    { kind: 'each', inOrder: false, over: { kind: 'times', count: 'days + 1' }, finish: { kind: 'any' } },
    [
      '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression" language="rhai">days + 1</bpmn:loopCardinality>',
      'language="rhai">numberOfCompletedInstances &gt;= 1</bpmn:completionCondition>',
    ],
  ],
  [
    'for each line of a record, until rows hold',
    {
      kind: 'each',
      inOrder: false,
      over: { kind: 'list', list: 'record.lines', item: 'line' },
      finish: { kind: 'when', condition: { kind: 'rows', rows: { join: 'all', rows: [{ field: 'a', op: '=', value: 1 }] } } },
    },
    ['camunda:collection="${record.lines}" camunda:elementVariable="line"', 'language="urn:kapok:filter"'],
  ],
]

describe('a step done', () => {
  it.each(loops)('%s is read as it was written', async (_name, loop, expected) => {
    const process = await task()
    const step = elementOf(process, 'x')
    applyEdits(writeLoop(moddle, step, loop))
    expect(readLoop(step)).toEqual(loop)
    const written = await contentOf(process)
    for (const part of expected) expect(written).toContain(part)
    // Written again it is the same, and once more after that nothing is left.
    applyEdits(writeLoop(moddle, step, readLoop(step)))
    expect(await contentOf(process)).toBe(written)
    applyEdits(writeLoop(moddle, step, { kind: 'once' }))
    expect(await contentOf(process)).toBe('<bpmn:task id="x" />')
  })

  it('for each keeps what there are no words for', async () => {
    const process = await task(
      '<bpmn:multiInstanceLoopCharacteristics behavior="None" other:a="1">' +
        '<bpmn:loopDataInputRef>list</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>',
    )
    const step = elementOf(process, 'x')
    const loop = readLoop(step)
    if (loop.kind !== 'each') throw new Error('not repeated')
    applyEdits(writeLoop(moddle, step, { ...loop, inOrder: true }))
    const written = await contentOf(process)
    for (const part of ['behavior="None"', 'other:a="1"', '<bpmn:loopDataInputRef>list</bpmn:loopDataInputRef>']) {
      expect(written).toContain(part)
    }
  })

  it('for each survives the copying of its process', async () => {
    const process = await task(
      '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>list</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>',
    )
    expect(await copyProcess(await fileOf(process), 'other')).toContain('<bpmn:loopDataInputRef>list</bpmn:loopDataInputRef>')
  })
})

describe('a call', () => {
  const calls: [string, Call, string[]][] = [
    [
      'with everything',
      { process: 'ship', version: { kind: 'latest' }, inputs: 'everything', outputs: 'everything' },
      ['<bpmn:callActivity id="x" calledElement="ship" />'],
    ],
    [
      'with some of it',
      {
        process: 'ship',
        version: { kind: 'version', version: '3' },
        inputs: [
          { source: 'order', target: 'job' },
          { source: 'record.number', target: 'number' },
          { source: '${a + 1}', target: 'b' },
        ],
        outputs: 'everything',
      },
      [
        'camunda:calledElementBinding="version" camunda:calledElementVersion="3"',
        '<camunda:in source="order" target="job" />',
        '<camunda:in sourceExpression="${record.number}" target="number" />',
        '<camunda:in sourceExpression="${a + 1}" target="b" />',
        '<camunda:out variables="all" />',
      ],
    ],
    [
      'with nothing back',
      { process: 'ship', version: { kind: 'deployment' }, inputs: 'everything', outputs: [] },
      ['camunda:calledElementBinding="deployment"', '<camunda:in variables="all" />'],
    ],
  ]

  it.each(calls)('%s is read as it was written', async (_name, call, expected) => {
    const process = await processOf('<bpmn:callActivity id="x"/>')
    const activity = elementOf(process, 'x')
    applyEdits(writeCall(moddle, activity, call))
    expect(readCall(activity)).toEqual(call)
    const written = await contentOf(process)
    for (const part of expected) expect(written).toContain(part)
    applyEdits(writeCall(moddle, activity, readCall(activity)))
    expect(await contentOf(process)).toBe(written)
  })

  it('keeps what it does not know, and the prefix of the file', async () => {
    const process = await processOf(
      '<bpmn:callActivity id="x" xmlns:c="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true"><bpmn:extensionElements>' +
        '<camunda:in businessKey="#{key}"/><camunda:in source="a" target="b"/>' +
        '<camunda:inputOutput><camunda:inputParameter name="q">1</camunda:inputParameter></camunda:inputOutput>' +
        '</bpmn:extensionElements></bpmn:callActivity>',
    )
    const activity = elementOf(process, 'x')
    expect(readCall(activity).inputs).toEqual([{ source: 'a', target: 'b' }])
    applyEdits(writeCall(moddle, activity, { ...readCall(activity), process: 'ship', inputs: 'everything', outputs: 'everything' }))
    const written = await contentOf(process)
    expect(written).toContain('<camunda:in businessKey="#{key}" />')
    expect(written).toContain('<camunda:inputParameter name="q">1</camunda:inputParameter>')
    expect(written).toContain('camunda:asyncBefore="true"')
    expect(written).not.toContain('source="a"')
  })
})

describe('an activity', () => {
  it('is decided by a table', async () => {
    const process = await processOf('<bpmn:businessRuleTask id="x" camunda:mapDecisionResult="singleEntry"/>')
    const activity = elementOf(process, 'x')
    applyEdits(writeDecision(moddle, activity, { table: ' discount ', result: 'rate' }))
    expect(readDecision(activity)).toEqual({ table: 'discount', result: 'rate' })
    expect(await contentOf(process)).toContain('camunda:decisionRef="discount" camunda:resultVariable="rate"')
    expect(await contentOf(process)).toContain('camunda:mapDecisionResult="singleEntry"')
  })

  it('counts what arrives and goes on, and undoes', async () => {
    const process = await task()
    const activity = elementOf(process, 'x')
    expect(readCounts(activity)).toEqual({ start: 1, completion: 1, undoes: false })
    applyEdits(writeCounts(moddle, activity, { start: 2, completion: 3, undoes: true }))
    expect(readCounts(activity)).toEqual({ start: 2, completion: 3, undoes: true })
    applyEdits(writeCounts(moddle, activity, { start: 1, completion: 1, undoes: false }))
    expect(await contentOf(process)).toBe('<bpmn:task id="x" />')
  })

  it('has its steps done in any order', async () => {
    const process = await processOf('<bpmn:adHocSubProcess id="x"/>')
    const adHoc = elementOf(process, 'x')
    expect(readAdHoc(adHoc)).toEqual({ oneByOne: false, enough: { kind: 'none' }, cancelsRest: true })
    const settings = { oneByOne: true, enough: { kind: 'script', source: 'done' }, cancelsRest: false } as const
    applyEdits(writeAdHoc(moddle, adHoc, settings))
    expect(readAdHoc(adHoc)).toEqual(settings)
    expect(await contentOf(process)).toContain('ordering="Sequential" cancelRemainingInstances="false"')
  })

  it('may go on by a condition without needing one', async () => {
    const flows = '<bpmn:task id="t"/><bpmn:inclusiveGateway id="g"/><bpmn:sequenceFlow id="a" sourceRef="t" targetRef="g"/><bpmn:sequenceFlow id="b" sourceRef="g" targetRef="t"/>'
    const process = await processOf(flows)
    expect([isBranch(elementOf(process, 'a')), mayBranch(elementOf(process, 'a'))]).toEqual([false, true])
    expect([isBranch(elementOf(process, 'b')), mayBranch(elementOf(process, 'b'))]).toEqual([true, false])
  })
})

describe('a gateway that counts', () => {
  it.each<[Activation, string]>([
    [{ kind: 'atLeast', count: 2 }, 'language="rhai">activationCount &gt;= 2</bpmn:activationCondition>'],
    [{ kind: 'when', condition: { kind: 'script', source: 'activationCount > n' } }, '>activationCount &gt; n<'],
    [{ kind: 'all' }, '<bpmn:complexGateway id="x" />'],
  ])('%j is read as it was written', async (activation, expected) => {
    const process = await processOf('<bpmn:complexGateway id="x"/>')
    const gateway = elementOf(process, 'x')
    applyEdits(writeActivation(moddle, gateway, activation))
    expect(readActivation(gateway)).toEqual(activation)
    expect(await contentOf(process)).toContain(expected)
  })
})

describe('the fields a process can speak of', () => {
  const nothing = { handlers: [], assignee_rules: [], roles: [], departments: [], entities: [] }

  it('have what steps answer, collect and go through, and drawn data', async () => {
    const process = await processOf(
      '<bpmn:dataObjectReference id="reference" name="offers" dataObjectRef="o"/><bpmn:dataObject id="o"/>' +
        '<bpmn:businessRuleTask id="r" camunda:resultVariable="rate"/>' +
        '<bpmn:callActivity id="c"><bpmn:extensionElements><camunda:out source="a" target="shipped"/></bpmn:extensionElements></bpmn:callActivity>' +
        '<bpmn:subProcess id="s"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>offers</bpmn:loopDataInputRef>' +
        '<bpmn:loopDataOutputRef>marks</bpmn:loopDataOutputRef><bpmn:inputDataItem name="offer"/></bpmn:multiInstanceLoopCharacteristics></bpmn:subProcess>',
    )
    const { values } = fieldScope(process, nothing, ({ zh }) => zh)
    expect(values.map(({ path }) => path)).toEqual(['offers', 'rate', 'shipped', 'offer', 'marks'])
  })

  it('are lists where they are lines of the form, or variables', async () => {
    const process = await processOf(
      '<bpmn:extensionElements><kapok:form><kapok:formField id="items" label="明细" type="lines"><kapok:formField id="name" label="品名" type="text"/></kapok:formField>' +
        '<kapok:formField id="days" label="天数" type="number"/></kapok:form></bpmn:extensionElements>' +
        '<bpmn:businessRuleTask id="r" camunda:resultVariable="rate"/>',
    )
    const scope = fieldScope(process, nothing, ({ zh }) => zh)
    expect(listOptions(scope).map(({ path }) => path)).toEqual(['items', 'rate'])
  })
})

describe('what starts a case without a start event', () => {
  const gateway = '<bpmn:eventBasedGateway id="x" instantiate="true" eventGatewayType="Parallel" />'
  it('is read and written', async () => {
    const process = await processOf(gateway)
    const node = elementOf(process, 'x')
    expect(readBeginning(node)).toEqual({ starts: true, awaitsAll: true })
    applyEdits(writeBeginning(moddle, node, { starts: true, awaitsAll: false }))
    expect(await contentOf(process)).toBe('<bpmn:eventBasedGateway id="x" instantiate="true" />')
    applyEdits(writeBeginning(moddle, node, { starts: true, awaitsAll: true }))
    expect(await contentOf(process)).toBe(gateway)
    // Only what starts a case can await all.
    applyEdits(writeBeginning(moddle, node, { starts: false, awaitsAll: true }))
    expect(await contentOf(process)).toBe('<bpmn:eventBasedGateway id="x" />')
  })

  it('of a message is nothing but that', async () => {
    const process = await processOf('<bpmn:receiveTask id="x" />')
    applyEdits(writeBeginning(moddle, elementOf(process, 'x'), { starts: true, awaitsAll: true }))
    expect(await contentOf(process)).toBe('<bpmn:receiveTask id="x" instantiate="true" />')
  })

  it.each([
    ['nothing leads to it', '<bpmn:receiveTask id="x" />', true],
    ['a line leads to it', '<bpmn:task id="a" /><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="x" /><bpmn:receiveTask id="x"><bpmn:incoming>f</bpmn:incoming></bpmn:receiveTask>', false],
    ['it already does', '<bpmn:task id="a" /><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="x" /><bpmn:receiveTask id="x" instantiate="true"><bpmn:incoming>f</bpmn:incoming></bpmn:receiveTask>', true],
  ])('is offered where %s', async (_name, content, expected) => {
    expect(canBegin(elementOf(await processOf(content), 'x'))).toBe(expected)
  })

  it('is not offered within a sub-process', async () => {
    const process = await processOf('<bpmn:subProcess id="s"><bpmn:receiveTask id="x" /></bpmn:subProcess>')
    expect(canBegin(elementOf(elementOf(process, 's'), 'x'))).toBe(false)
  })
})
