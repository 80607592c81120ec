/** Every element of executable BPMN drawn and set in a real browser, and what the file says then. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually, openStudio, settings, startStudio, type Studio } from './fake/studio'

const start = startStudio()
let studio: Studio

beforeAll(() => start.up())
afterAll(() => start.down())
beforeEach(async () => {
  studio = await openStudio(start)
})
afterEach(() => studio.close())

const test: Studio['test'] = (name) => studio.test(name)
const fill: Studio['fill'] = (name, text) => studio.fill(name, text)
const choose: Studio['choose'] = (name, label) => studio.choose(name, label)

/** With `SCREENSHOTS=folder`, leaves a picture. */
async function picture(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await studio.page.screenshot({ path: join(folder, `${name}.png`) })
}

async function blank(): Promise<void> {
  await studio.openBlank()
  await studio.element('StartEvent_1').click()
}

/** Draws a kind after what is selected. */
async function append(kind: string): Promise<void> {
  if (!(await test('append-more').isVisible())) await test('pad-append').click()
  const everyday = test(`append-${kind}`)
  if (!(await everyday.isVisible())) await test('append-more').click()
  await everyday.click()
}

async function watchFor(kind: string): Promise<void> {
  await test('pad-watch').click()
  await test(`watch-${kind}`).click()
}

async function turnInto(kind: string): Promise<void> {
  await test('pad-replace').click()
  await test(`replace-${kind}`).click()
}

/** Draws a kind from the long list of the palette, where the canvas is empty. */
async function draw(kind: string, x: number, y: number): Promise<void> {
  await test('palette-more').click()
  await test(`more-${kind}`).click()
  await studio.page.mouse.move(x - 20, y - 20)
  await studio.page.mouse.move(x, y, { steps: 3 })
  await studio.page.mouse.click(x, y)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What a machine can find against accessibility. */
async function faults(): Promise<string[]> {
  // Evaluated through the debugger, which the policy of the page does not concern.
  await studio.page.evaluate(axe)
  const { violations } = await studio.page.evaluate(() =>
    window.axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }),
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

const APPENDED: [string, RegExp][] = [
  ['manual', /<bpmn:manualTask id/],
  ['task', /<bpmn:task id/],
  ['decision', /<bpmn:businessRuleTask id/],
  ['send', /<bpmn:sendTask id/],
  ['receive', /<bpmn:receiveTask id/],
  ['inclusive', /<bpmn:inclusiveGateway id/],
  ['firstEvent', /<bpmn:eventBasedGateway id/],
  ['complex', /<bpmn:complexGateway id/],
  ['catchMessage', /<bpmn:intermediateCatchEvent [^>]*>.*?<bpmn:messageEventDefinition/s],
  ['catchSignal', /<bpmn:intermediateCatchEvent [^>]*>.*?<bpmn:signalEventDefinition/s],
  ['catchCondition', /<bpmn:intermediateCatchEvent [^>]*>.*?<bpmn:conditionalEventDefinition/s],
  ['milestone', /<bpmn:intermediateThrowEvent id/],
  ['throwMessage', /<bpmn:intermediateThrowEvent [^>]*>.*?<bpmn:messageEventDefinition/s],
  ['throwSignal', /<bpmn:intermediateThrowEvent [^>]*>.*?<bpmn:signalEventDefinition/s],
  ['throwEscalation', /<bpmn:escalationEventDefinition [^>]*escalationRef="Escalation_1"/],
  ['throwCompensation', /<bpmn:intermediateThrowEvent [^>]*>.*?<bpmn:compensateEventDefinition/s],
  ['throwLink', /<bpmn:linkEventDefinition [^>]*name="A"/],
  ['endTerminate', /<bpmn:endEvent [^>]*>.*?<bpmn:terminateEventDefinition/s],
  ['endError', /<bpmn:errorEventDefinition [^>]*errorRef="Error_1"/],
  ['endMessage', /<bpmn:endEvent [^>]*>.*?<bpmn:messageEventDefinition/s],
  ['endSignal', /<bpmn:endEvent [^>]*>.*?<bpmn:signalEventDefinition/s],
  ['endEscalation', /<bpmn:endEvent [^>]*>.*?<bpmn:escalationEventDefinition/s],
  ['endCompensation', /<bpmn:endEvent [^>]*>.*?<bpmn:compensateEventDefinition/s],
  ['call', /<bpmn:callActivity id/],
  ['transaction', /<bpmn:transaction id.*?<bpmn:startEvent .*?<\/bpmn:transaction>/s],
  ['adHoc', /<bpmn:adHocSubProcess id/],
]

describe('drawing', () => {
  it('goes on from a step with every kind that can follow', async () => {
    await blank()
    for (const [kind, drawn] of APPENDED) {
      await append(kind)
      await test(`panel-${kind}`).waitFor()
      await studio.checked(drawn)
      await test('undo').click()
      await studio.element('StartEvent_1').click()
    }
    await eventually(() => settings(studio.world.checked.at(-1))).not.toContain('Gateway')
  })

  it('watches over a step for every kind of event', async () => {
    await blank()
    await append('transaction')
    const id = (await studio.checked('<bpmn:transaction')).match(/<bpmn:transaction id="(\w+)"/)?.[1] ?? ''
    const watched = [
      ['watchMessage', 'message'],
      ['watchSignal', 'signal'],
      ['watchCondition', 'conditional'],
      ['watchEscalation', 'escalation'],
      ['watchCompensation', 'compensate'],
      ['watchCancel', 'cancel'],
    ] as const
    for (const [kind, definition] of watched) {
      await watchFor(kind)
      await test(`panel-${kind}`).waitFor()
      await studio.checked(new RegExp(`<bpmn:boundaryEvent .*?<bpmn:${definition}EventDefinition`, 's'))
      await test('undo').click()
      const box = await studio.element(id).boundingBox()
      await studio.page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + 8)
    }
  })

  it('puts starts, event sub-processes, data, notes and pools on the canvas', async () => {
    await blank()
    await studio.page.keyboard.press('Escape')
    await test('palette-more').click()
    await picture('palette')
    await test('palette-more').click()
    await draw('startMessage', 300, 520)
    await studio.checked(/<bpmn:startEvent [^>]*name="收到消息时开始"/)
    await draw('eventSubprocess', 640, 250)
    await studio.checked(/<bpmn:subProcess [^>]*triggeredByEvent="true">.*?<bpmn:startEvent .*?<bpmn:messageEventDefinition/s)
    await picture('event-subprocess')
    // What starts it is set here, or on the start inside.
    await test('start-signal').click()
    await fill('signal-name', '停业')
    await studio.checked(/triggeredByEvent="true">\s*<bpmn:startEvent [^>]*>\s*<bpmn:signalEventDefinition [^>]*signalRef="Signal_1"/)
    await draw('data', 500, 620)
    await studio.checked(/<bpmn:dataObjectReference [^>]*name="data"/)
    await draw('note', 800, 620)
    await studio.checked('<bpmn:text>注释</bpmn:text>')
    await draw('catchLink', 420, 520)
    await studio.checked(/<bpmn:intermediateCatchEvent [^>]*>\s*<bpmn:linkEventDefinition/)
    await draw('frame', 480, 560)
    await fill('name', '付款')
    const framed = await studio.checked(/<bpmn:categoryValue id="(\w+)" value="付款" \/>/)
    expect(framed).toMatch(/<bpmn:group id="\w+" categoryValueRef="CategoryValue_/)
    await picture('frame')
    while (await test('undo').isEnabled()) await test('undo').click()
    await draw('pool', 560, 300)
    await studio.checked(/<bpmn:participant [^>]*processRef="process-/)
    await test('pad-lane').click()
    await fill('name', '财务经理')
    const xml = await studio.checked('name="财务经理"')
    expect(xml.match(/<bpmn:lane /g)?.length).toBe(2)
    expect(xml.match(/<bpmn:process /g)?.length).toBe(1)
    await picture('pool')
    // A message goes to a second pool, which only stands for somebody outside.
    await studio.element('StartEvent_1').click()
    await append('throwMessage')
    // Within a pool too, what is put into a flow makes room.
    const flow = await studio.page.locator('.djs-connection .djs-hit').first().boundingBox()
    await studio.page.mouse.click((flow?.x ?? 0) + (flow?.width ?? 0) / 2, (flow?.y ?? 0) + (flow?.height ?? 0) / 2)
    await append('work')
    expect(await studio.checked('<bpmn:userTask')).not.toContain('kapok:initiator')
    await draw('pool', 560, 650)
    await test('pool-runs').click()
    await studio.page.locator('[data-element-id^="Event_"]:has-text("发出消息") .djs-hit').first().click()
    await test('pad-connect').click()
    await studio.page.mouse.move(600, 560, { steps: 4 })
    await studio.page.mouse.move(600, 650, { steps: 4 })
    await studio.page.mouse.click(600, 650)
    const drawn = await studio.checked(/<bpmn:messageFlow [^>]*sourceRef="Event_\w+" targetRef="Participant_/)
    expect(drawn.match(/isExecutable="true"/g)?.length).toBe(1)
    await picture('message-flow')
    while (await test('undo').isEnabled()) await test('undo').click()
    await eventually(() => settings(studio.world.checked.at(-1))).not.toContain('participant')
  })

  it('turns a step into another, with its name, its flows and what both know', async () => {
    await blank()
    await append('approval')
    await fill('name', '盖章')
    for (const kind of ['manual', 'call', 'send', 'automatic', 'work', 'transaction', 'adHoc', 'decision', 'approval']) {
      await turnInto(kind)
      await test(`panel-${kind}`).waitFor()
    }
    const xml = await studio.checked(/<bpmn:userTask [^>]*name="盖章">/)
    expect(xml).toMatch(/<bpmn:incoming>/)
    expect(xml.match(/<kapok:assignees>/g)?.length).toBe(1)
    await studio.page.keyboard.press('Escape')
    await append('endMessage')
    await turnInto('endCompensation')
    await studio.checked(/<bpmn:endEvent [^>]*name="结束并撤回">.*?<bpmn:compensateEventDefinition/s)
    while (await test('undo').isEnabled()) await test('undo').click()
    await eventually(() => settings(studio.world.checked.at(-1))).not.toContain('Task')
  })
})

describe('setting', () => {
  it('messages with what finds the right case', async () => {
    await studio.open('/flow/quote-approval')
    await studio.element('manager-approval').click()
    await watchFor('watchMessage')
    await fill('message-name', '客户撤回')
    await choose('correlation', '编号')
    await picture('message')
    await test('interrupting').click()
    const xml = await studio.checked('cancelActivity="false"')
    expect(xml).toMatch(/<bpmn:message id="Message_1" name="客户撤回">\s*<bpmn:extensionElements>\s*<kapok:correlation key="record.number" \/>/)
    expect(xml).toMatch(/<bpmn:messageEventDefinition [^>]*messageRef="Message_1"/)
    await append('throwSignal')
    await fill('signal-name', '报价作废')
    await studio.checked(/<bpmn:signal id="Signal_1" name="报价作废" \/>/)
    await append('receive')
    await fill('message-name', '客户撤回')
    await studio.checked(/<bpmn:receiveTask [^>]*messageRef="Message_1"/)
    await append('endEscalation')
    await fill('escalation-code', 'late')
    await studio.checked('escalationCode="late"')
    while (await test('undo').isEnabled()) await test('undo').click()
    await eventually(() => settings(studio.world.checked.at(-1))).toBe(settings(studio.world.checked[0]))
  })

  it('events that wait for several things, any or all of them', async () => {
    await blank()
    await append('catchMessage')
    await fill('message-name', '付款')
    await choose('event-add', '定时')
    await choose('event-add', '广播')
    await fill('signal-name', '停业')
    await test('event-all').click()
    const xml = await studio.checked(/<bpmn:intermediateCatchEvent [^>]*parallelMultiple="true"/)
    expect(xml).toMatch(/<bpmn:messageEventDefinition [^>]*messageRef.*<bpmn:timerEventDefinition .*<bpmn:signalEventDefinition [^>]*signalRef/s)
    await picture('several')
    await test('event-1-remove').click()
    await test('event-0-remove').click()
    const single = await studio.checked(/<bpmn:intermediateCatchEvent [^>]*>\s*<bpmn:incoming>[^<]*<\/bpmn:incoming>\s*<bpmn:signalEventDefinition/)
    expect(single).not.toContain('parallelMultiple')
  })

  it('what starts a case: times of the working day, messages and conditions', async () => {
    await blank()
    await test('start-timer').click()
    await studio.checked('>0 0 9 * * MON-FRI</bpmn:timeCycle>')
    await choose('schedule', '每周')
    await choose('schedule-weekday', '周三')
    await fill('schedule-time', '17:30')
    await studio.checked('>0 30 17 * * WED</bpmn:timeCycle>')
    await choose('schedule', '每隔一段时间')
    await fill('timer-every-amount', '1')
    await choose('timer-every-unit', '小时')
    await fill('schedule-times', '3')
    await studio.checked('>R3/PT1H</bpmn:timeCycle>')
    await test('start-condition').click()
    await test('event-condition-advanced').click()
    await fill('event-condition-script', 'stock < 5')
    await studio.checked(/<bpmn:condition xsi:type="bpmn:tFormalExpression" language="rhai">stock &lt; 5</)
    await test('start-none').click()
    await studio.checked(/<bpmn:startEvent id="StartEvent_1" name="开始" \/>/)
  })

  it('a step for each of a list, collected, and enough when more than half are done', async () => {
    await studio.open('/flow/quote-approval')
    await studio.element('manager-approval').click()
    await test('loop-each').click()
    await fill('each-list-name', 'experts')
    await fill('each-item', 'expert')
    await test('each-order-inOrder').click()
    await choose('each-finish', '超过一半')
    await test('each-collect').click()
    await fill('each-gives', 'opinion')
    await fill('each-into', 'opinions')
    await studio.page.locator('[data-test=section-loop]').scrollIntoViewIfNeeded()
    await picture('multi-instance')
    const xml = await studio.checked('<bpmn:loopDataOutputRef>opinions</bpmn:loopDataOutputRef>')
    expect(xml).toMatch(/<bpmn:multiInstanceLoopCharacteristics [^>]*isSequential="true">/)
    expect(xml).toContain('<bpmn:loopDataInputRef>experts</bpmn:loopDataInputRef>')
    expect(xml).toMatch(/<bpmn:inputDataItem [^>]*name="expert" \/>/)
    expect(xml).toContain('>numberOfCompletedInstances * 2 &gt; numberOfInstances</bpmn:completionCondition>')
    // Another kind of step keeps it, and so does reading it again.
    await turnInto('work')
    await turnInto('subprocess')
    await studio.checked(/<bpmn:subProcess .*<bpmn:loopDataInputRef>experts</s)
    await test('undo').click()
    await test('undo').click()
    await studio.element('manager-approval').click()
    await fill('each-list-name', 'record.lines')
    await studio.checked(/camunda:collection="\$\{record\.lines\}" camunda:elementVariable="expert"/)
    await test('each-times').click()
    await fill('each-count', '4')
    await studio.checked('>4</bpmn:loopCardinality>')
    await test('loop-repeat').click()
    await fill('loop-most', '5')
    await test('loop-asks-before').click()
    await studio.checked(/<bpmn:standardLoopCharacteristics [^>]*testBefore="true" loopMaximum="5"/)
    await test('section-advanced').locator('summary').click()
    await fill('start-quantity', '2')
    await test('undoes').click()
    await studio.checked(/isForCompensation="true" startQuantity="2"|startQuantity="2"[^>]*isForCompensation="true"/)
    while (await test('undo').isEnabled()) await test('undo').click()
    // bpmn-js puts a step that was turned back behind the others.
    const sorted = (xml: string | undefined) => settings(xml)?.split('\n').sort().join('\n')
    await eventually(() => sorted(studio.world.checked.at(-1))).toBe(sorted(studio.world.checked[0]))
  })

  it('calls, decisions, undoing, links, counting gateways, steps in any order', async () => {
    await blank()
    await append('call')
    await fill('call-process', 'quote-approval')
    await test('call-in-listed').click()
    await fill('call-in-0-source', 'days')
    await choose('call-version', '固定')
    await picture('call')
    const called = await studio.checked('camunda:calledElementBinding="version" camunda:calledElementVersion="1"')
    expect(called).toContain('calledElement="quote-approval"')
    expect(called).toMatch(/<camunda:in source="days" target="days" \/>\s*<camunda:out variables="all" \/>/)
    await append('decision')
    await fill('decision-table', 'discount')
    await fill('decision-result', 'rate')
    await studio.checked(/<bpmn:businessRuleTask [^>]*camunda:decisionRef="discount" camunda:resultVariable="rate"/)
    await watchFor('watchCompensation')
    await append('automatic')
    const undone = await studio.checked(/<bpmn:serviceTask [^>]*isForCompensation="true"/)
    expect(undone).toMatch(/<bpmn:association /)
    await studio.page.locator('[data-element-id^="Activity_"]:has-text("查决策表") .djs-hit').first().click()
    await append('throwCompensation')
    await choose('compensation-activity', '查决策表')
    await test('compensation-waits').click()
    await studio.checked(/<bpmn:compensateEventDefinition [^>]*waitForCompletion="false" activityRef="Activity_/)
    await append('complex')
    await test('activation-atLeast').click()
    await studio.checked('>activationCount &gt;= 2</bpmn:activationCondition>')
    await append('adHoc')
    await test('ad-hoc-oneByOne').click()
    await studio.checked(/<bpmn:adHocSubProcess [^>]*ordering="Sequential"/)
    await append('throwLink')
    await fill('link-name', '回到开头')
    await studio.checked('name="回到开头"')
    await picture('many')
  })

  it('what begins with a message or an event, and what is drawn by the pointer begins with', async () => {
    await blank()
    await studio.page.keyboard.press('Escape')
    await draw('receive', 300, 520)
    await test('message-needed').waitFor()
    await fill('message-name', '客户下单')
    await test('message-needed').waitFor({ state: 'detached' })
    await test('starts-case').click()
    await picture('receive-starts')
    await studio.checked(/<bpmn:receiveTask [^>]*instantiate="true"/)
    await append('throwMessage')
    expect(await test('starts-case').count()).toBe(0)
    await test('message-offer-0').click()
    await studio.checked(/<bpmn:messageEventDefinition [^>]*messageRef="Message_1"/)
    await studio.page.keyboard.press('Escape')
    await draw('firstEvent', 300, 640)
    await test('starts-case').click()
    await test('starts-with-all').click()
    await picture('gateway-starts')
    await studio.checked(/<bpmn:eventBasedGateway [^>]*instantiate="true" eventGatewayType="Parallel"/)
    await studio.page.keyboard.press('Escape')
    await draw('endError', 560, 640)
    expect(await test('error-code').inputValue()).toBe('error')
    await studio.checked(/<bpmn:errorEventDefinition [^>]*errorRef="Error_1"/)
    // Leaves the name as it is; then drawing and code are one step of undo.
    await studio.page.keyboard.press('Escape')
    await test('undo').click()
    await eventually(() => settings(studio.world.checked.at(-1))).not.toContain('Error_1')
    await draw('endEscalation', 640, 640)
    await studio.checked(/<bpmn:escalationEventDefinition [^>]*escalationRef="Escalation_1"/)
    await fill('escalation-code', '')
    await test('escalation-needed').waitFor()
    while (await test('undo').isEnabled()) await test('undo').click()
    await eventually(() => settings(studio.world.checked.at(-1))).not.toContain('escalation')
  })

  it('whom a step for each of many tells on the way', async () => {
    await blank()
    await append('work')
    await test('loop-each').click()
    await test('each-times').click()
    await test('section-advanced').locator('summary').click()
    await choose('progress', '第一份做完时')
    await test('signal-needed').waitFor()
    await fill('signal-name', '有结果了')
    await studio.checked(/<bpmn:multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="SignalEventDefinition_1"/)
    await studio.checked(/<bpmn:signalEventDefinition id="SignalEventDefinition_1" signalRef="Signal_1" \/>/)
    await test('progress-by-escalation').click()
    await fill('escalation-code', 'one')
    await choose('progress', '每一份做完时')
    await picture('progress')
    const xml = await studio.checked(/behavior="None" noneBehaviorEventRef="EscalationEventDefinition_1"/)
    expect(xml).not.toContain('<bpmn:signalEventDefinition')
    // Reading it again keeps it.
    await studio.page.keyboard.press('Control+s')
    await eventually(() => studio.page.evaluate(() => JSON.stringify(localStorage))).toContain('noneBehaviorEventRef')
    const before = studio.world.checked.length
    await studio.page.reload()
    await eventually(() => studio.world.checked.length).toBeGreaterThan(before)
    await studio.checked(/noneBehaviorEventRef="EscalationEventDefinition_1".*<bpmn:escalationEventDefinition id="EscalationEventDefinition_1"/s)
  })

  it('events that are awaited together, branches that are all taken, and flows out of steps', async () => {
    await blank()
    await append('firstEvent')
    await picture('first-event')
    await test('append-catchMessage').click()
    await studio.checked(/<bpmn:intermediateCatchEvent .*?<bpmn:messageEventDefinition/s)
    await append('inclusive')
    await append('work')
    await test('condition-advanced').click()
    await fill('condition-script', 'urgent')
    await studio.checked(/language="rhai">urgent<\/bpmn:conditionExpression>/)
    await append('end')
  })
})

it('goes into a sub-process that is drawn closed, changes it there, and comes back', async () => {
  const closed = readFileSync(join(import.meta.dirname, 'fake/collapsed.bpmn'), 'utf8')
  await studio.page.route(/\/definitions\/[^/]+\/xml/, (route) => route.fulfill({ contentType: 'application/xml', body: closed }))
  await studio.open('/flow/quote-approval')
  await studio.page.locator('.bjs-drilldown').first().click()
  await studio.element('inner').click()
  await fill('name', '打印合同')
  await append('end')
  const xml = await studio.checked(/<bpmn:subProcess id="sub".*name="打印合同".*<bpmn:endEvent .*<\/bpmn:subProcess>/s)
  expect(xml).toMatch(/<bpmndi:BPMNShape id="sub_di" bpmnElement="sub" isExpanded="false">/)
  await picture('closed-sub-process')
  await studio.page.locator('.bjs-breadcrumbs a').first().click()
  await studio.element('sub').click()
  await test('panel-subprocess').waitFor()
})

it('is without an accessibility fault in every panel', async () => {
  await blank()
  await test('palette-more').click()
  expect(await faults()).toEqual([])
  await test('palette-more').click()
  await append('catchMessage')
  await test('message-needed').waitFor()
  expect(await faults()).toEqual([])
  await fill('message-name', '付款')
  await choose('event-add', '定时')
  await test('pad-replace').click()
  expect(await faults()).toEqual([])
  await studio.page.keyboard.press('Escape')
  await append('call')
  await test('loop-each').click()
  await test('call-in-listed').click()
  await test('section-advanced').locator('summary').click()
  expect(await faults()).toEqual([])
  await append('complex')
  await test('activation-when').click()
  expect(await faults()).toEqual([])
  await append('throwCompensation')
  expect(await faults()).toEqual([])
  await draw('startTimer', 300, 620)
  expect(await faults()).toEqual([])
})

it('is drawn on a phone too, with steps, drawing, problems and settings above each other', async () => {
  await studio.page.setViewportSize({ width: 360, height: 740 })
  studio.world.diagnostics = [
    { rule: 'timer.missing', severity: 'error', element: null, line: 1, message: { zh: '没有时间', en: 'No time' } },
  ]
  await blank()
  await append('catchMessage')
  await fill('message-name', '付款')
  await studio.checked('name="付款"')
  expect(await studio.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await test('palette-more').click()
  await test('more-endTerminate').waitFor()
  expect(await faults()).toEqual([])
  await test('palette-more').click()
  await test('problem-0-mend').click()
  await test('rule-page').getByText('怎样改').waitFor()
  const box = await test('rule-page').boundingBox()
  expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 360).toBe(true)
  expect(await faults()).toEqual([])
})
