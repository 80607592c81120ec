import { describe, expect, it } from 'vitest'
import { readScript, readServiceWork, writeScript, writeServiceWork } from './automation'
import { readEventTimer, readRecordTrigger, writeErrorCode, writeEventTimer, writeRecordTrigger } from './events'
import { isDefault, readCondition, writeCondition, writeDefault } from './flows'
import { readHumanTask, writeHumanTask } from './humanTask'
import type { Edit, ModdleElement } from './moddle'
import { readProcess, writeProcess } from './process'
import { readReference } from './roots'
import { applyEdits, contentOf, elementOf, moddle, processOf } from './testing'
import { definitionOf } from './triggers'

const extensions = (content: string) => `<bpmn:extensionElements>${content}</bpmn:extensionElements>`

/** Writing what was read changes nothing: name, element, and how it is read and written again. */
const roundTrips: [string, string, (element: ModdleElement) => Edit | Edit[]][] = [
  [
    'approval',
    `<bpmn:userTask id="x" name="经理审批">${extensions(
      '<other:thing a="1"/>' +
        '<kapok:approval mode="all" onRejection="flow" flow="f" reasonRequired="true"/>' +
        '<kapok:assignees><kapok:person login="li.na"/><kapok:role code="finance-manager"/><kapok:department code="sales-1"/>' +
        '<kapok:departmentHead/><kapok:superior level="2"/><kapok:initiator/><kapok:fieldPerson field="record.owner"/><kapok:plugin rule="quotes.by-region"><kapok:input name="region">record.region</kapok:input></kapok:plugin>' +
        '<kapok:expression language="rhai">"a" + "b"</kapok:expression></kapok:assignees>' +
        '<kapok:fields><kapok:field id="lines.discount" access="required"/><kapok:field id="note" access="hidden"/></kapok:fields>' +
        '<kapok:reminders due="PT8H"><kapok:remind after="PT8H" channels="page" repeat="R2/PT1H"/>' +
        '<kapok:remind after="PT30S" channels="page sms"/><kapok:escalate after="PT12H" to="superior"/>' +
        '<kapok:decide after="P3D" decision="reject"/></kapok:reminders>',
    )}</bpmn:userTask>`,
    (element) => writeHumanTask(moddle, element, readHumanTask(element)),
  ],
  [
    'handler',
    `<bpmn:serviceTask id="x">${extensions(
      '<kapok:handler name="quotes.mark-approved" result="answer" retries="3"><kapok:input name="quote">record.id</kapok:input></kapok:handler>',
    )}</bpmn:serviceTask>`,
    (element) => writeServiceWork(moddle, element, readServiceWork(element)),
  ],
  [
    'work outside',
    `<bpmn:serviceTask id="x">${extensions(
      '<kapok:handler name="rate-customer" retries="2" external="true"><kapok:input name="revenue">revenue</kapok:input></kapok:handler>',
    )}</bpmn:serviceTask>`,
    (element) => writeServiceWork(moddle, element, readServiceWork(element)),
  ],
  [
    'request',
    `<bpmn:serviceTask id="x">${extensions(
      '<kapok:request method="POST" url="https://erp.example.com/orders/{number}" timeout="PT30S" retries="2" result="answer" success="2xx 304" unknown="ask">' +
        '<kapok:query name="q" language="feel">number</kapok:query>' +
        '<kapok:header name="X-Count">2 + 1</kapok:header><kapok:header name="Authorization" secret="erp" prefix="Bearer " />' +
        '<kapok:body type="form">#{ a: 1 }</kapok:body>' +
        '<kapok:output variable="order">body.id</kapok:output><kapok:error status="404 409" code="gone" /></kapok:request>',
    )}</bpmn:serviceTask>`,
    (element) => writeServiceWork(moddle, element, readServiceWork(element)),
  ],
  [
    'message',
    `<bpmn:serviceTask id="x">${extensions(
      '<kapok:message channel="sms" title="批准" template="quote-approved"><kapok:to><kapok:initiator/></kapok:to><kapok:text>报价 {record.number}</kapok:text></kapok:message>',
    )}</bpmn:serviceTask>`,
    (element) => writeServiceWork(moddle, element, readServiceWork(element)),
  ],
  [
    'script',
    `<bpmn:scriptTask id="x" scriptFormat="rhai">${extensions('<kapok:result variable="level"/>')}<bpmn:script>if a &lt; 3 { 1 } else { 2 }</bpmn:script></bpmn:scriptTask>`,
    (element) => writeScript(moddle, element, readScript(element)),
  ],
  [
    'record trigger',
    `<bpmn:startEvent id="x">${extensions(
      '<kapok:recordTrigger entity="quotes.quote" on="created updated"><kapok:when>{"all":[{"field":"status","op":"=","value":"submitted"}]}</kapok:when></kapok:recordTrigger>',
    )}</bpmn:startEvent>`,
    (element) => writeRecordTrigger(moddle, element, readRecordTrigger(element)),
  ],
  [
    'record trigger with a nested condition',
    `<bpmn:startEvent id="x">${extensions(
      '<kapok:recordTrigger entity="quotes.quote" on="updated"><kapok:when>{"not":{"field":"status","op":"empty"}}</kapok:when></kapok:recordTrigger>',
    )}</bpmn:startEvent>`,
    (element) => writeRecordTrigger(moddle, element, readRecordTrigger(element)),
  ],
  [
    'wait',
    '<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT90M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>',
    (element) => {
      const timer = readEventTimer(element)
      return timer ? writeEventTimer(moddle, element, timer) : []
    },
  ],
]

describe('settings', () => {
  it.each(roundTrips)('of %s read and written stay the same', async (_name, xml, write) => {
    const process = await processOf(xml)
    const before = await contentOf(process)
    applyEdits(write(elementOf(process, 'x')))
    expect(await contentOf(process)).toBe(before)
  })

  it('of a process read and written stay the same, subject or form', async () => {
    const frame = (content: string) =>
      extensions(`${content}<kapok:title>报价 {record.number}</kapok:title><kapok:starters><kapok:role code="sales"/></kapok:starters>`)
    for (const content of [
      '<kapok:subject entity="quotes.quote" statusField="status" running="in-approval" rejected="rejected"/>',
      '<kapok:form><kapok:formField id="kind" label="类别" type="choice" required="true"><kapok:choice>年假</kapok:choice></kapok:formField>' +
        '<kapok:formField id="items" label="明细" type="lines"><kapok:formField id="amount" label="金额" type="money"/></kapok:formField></kapok:form>',
    ]) {
      const process = await processOf(frame(content))
      const before = readProcess(process)
      applyEdits(writeProcess(moddle, process, before))
      expect(readProcess(process)).toEqual(before)
      expect(await contentOf(process)).toContain(content.slice(0, 40))
    }
  })

  it('leave no empty container behind', async () => {
    const process = await processOf(`<bpmn:serviceTask id="x">${extensions('<kapok:handler name="a.b"/>')}</bpmn:serviceTask>`)
    applyEdits(writeServiceWork(moddle, elementOf(process, 'x'), undefined))
    expect(await contentOf(process)).not.toContain('extensionElements')
  })

  it('keep the error that two events share', async () => {
    const process = await processOf('<bpmn:endEvent id="a"/><bpmn:endEvent id="b"/>')
    for (const id of ['a', 'b']) applyEdits(writeErrorCode(moddle, elementOf(process, id), 'no-stock'))
    expect(readReference(definitionOf(elementOf(process, 'b'), 'error'), 'error')).toBe('no-stock')
    const { xml } = await moddle.toXML(process.$parent as ModdleElement)
    expect(xml.match(/<bpmn:error /g)).toHaveLength(1)
  })
})

describe('a branch', () => {
  const branches = () =>
    processOf(
      '<bpmn:exclusiveGateway id="g"/><bpmn:task id="t"/><bpmn:sequenceFlow id="f" sourceRef="g" targetRef="t"/>',
    )

  it('is written as condition rows', async () => {
    const process = await branches()
    const flow = elementOf(process, 'f')
    const rows = { join: 'all', rows: [{ field: 'record.total', op: '>', value: 50000 }] } as const
    applyEdits(writeCondition(moddle, flow, { kind: 'rows', rows: { ...rows, rows: [...rows.rows] } }))
    expect(readCondition(flow)).toEqual({ kind: 'rows', rows })
    expect(await contentOf(process)).toContain(
      '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="urn:kapok:filter">{"all":[{"field":"record.total","op":"&gt;","value":50000}]}</bpmn:conditionExpression>',
    )
  })

  it('is either conditional or the default, never both', async () => {
    const flow = elementOf(await branches(), 'f')
    applyEdits(writeCondition(moddle, flow, { kind: 'script', source: 'days > 3' }))
    applyEdits(writeDefault(flow, true))
    expect([readCondition(flow), isDefault(flow)]).toEqual([{ kind: 'none' }, true])
    applyEdits(writeCondition(moddle, flow, { kind: 'script', source: 'days > 3' }))
    expect([readCondition(flow), isDefault(flow)]).toEqual([{ kind: 'script', source: 'days > 3' }, false])
  })
})
