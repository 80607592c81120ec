/** Drawing processes in a real browser, under the content security policy. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { both, eventually, openStudio, settings, startStudio, type Studio } from './fake/studio'

const start = startStudio()
let studio: Studio
let page: Studio['page']
let world: Studio['world']
const test: Studio['test'] = (name) => studio.test(name)
const element: Studio['element'] = (id) => studio.element(id)
const choose: Studio['choose'] = (name, label) => studio.choose(name, label)
const fill: Studio['fill'] = (name, text) => studio.fill(name, text)
const openQuoteApproval = () => studio.open('/flow/quote-approval')

beforeAll(() => start.up())
afterAll(() => start.down())
beforeEach(async () => {
  studio = await openStudio(start)
  ;({ page, world } = studio)
})
afterEach(() => studio.close())

/** Clicks the middle of a flow. */
async function selectFlow(id: string): Promise<void> {
  const box = await element(id).boundingBox()
  if (!box) throw new Error(`the flow ${id} is not drawn`)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

describe('the flow designer', () => {
  it('draws a process from blank with nothing but clicks and names', async () => {
    await studio.openBlank()
    await fill('name', '请假')
    await test('form-add-number').click()
    await page.keyboard.type('天数')
    await page.keyboard.press('Tab')
    await element('StartEvent_1').click()
    await test('append-approval').click()
    await test('append-branch').click()
    await test('append-approval').click()
    await choose('condition-0-field', '天数')
    await fill('condition-0-value', '3')
    await choose('assignees-0-kind', '角色')
    await choose('assignees-0-value', '总经理')
    await test('append-copy').click()
    await choose('recipients-0-value', '人事')
    await test('append-end').click()
    await test('publish').click()
    await eventually(() => world.published.length).toBe(1)
    const xml = world.published[0]?.xml
    expect(world.published[0]?.base).toBeNull()
    expect(xml).toContain('name="天数 大于 3"')
    expect(xml).toContain('{"all":[{"field":"number1","op":"&gt;","value":3}]}')
    expect(xml).toContain('<kapok:role code="general-manager" />')
    expect(xml).toContain('<kapok:role code="hr" />')
  })

  it('takes back every change', async () => {
    await openQuoteApproval()
    await element('manager-approval').click()
    await fill('name', '部门经理审批')
    await test('sign-mode-all').click()
    await fill('due-amount', '4')
    await test('rung-1-remove').click()
    await test('access-total-edit').check()
    await selectFlow('to-amount')
    await test('pad-append').click()
    await test('append-branch').click()
    await test('append-approval').click()
    await eventually(() => world.checked.at(-1)).toContain('部门经理审批')
    while (await test('undo').isEnabled()) await test('undo').click()
    await eventually(() => settings(world.checked.at(-1))).toBe(settings(world.checked[0]))
  })

  it('draws from the palette by click and by drag, and watches over a step', async () => {
    await openQuoteApproval()
    await test('palette-wait').click()
    await page.mouse.move(400, 600)
    await page.mouse.move(440, 640)
    await page.mouse.click(440, 640)
    await test('panel-wait').waitFor()
    const work = await test('palette-work').boundingBox()
    if (!work) throw new Error('the palette is not there')
    await page.mouse.move(work.x + 20, work.y + 10)
    await page.mouse.down()
    await page.mouse.move(500, 180, { steps: 8 })
    await page.mouse.move(540, 200, { steps: 4 })
    await page.mouse.up()
    await test('panel-work').waitFor()

    await element('manager-approval').click()
    await test('pad-timer').click()
    await test('timer-amount').waitFor()
    const drawn = (part: RegExp) => () => world.checked.at(-1)?.match(part)?.length
    await eventually(drawn(/P1D</g)).toBe(2)
    await eventually(drawn(/<bpmn:userTask /g)).toBe(2)
  })

  it('says what is wrong, goes there, and does not publish it', async () => {
    const message = both('分支没有条件：请为它设置条件。')
    world.diagnostics = [{ rule: 'flow.condition-missing', severity: 'error', element: 'large', line: 1, message }]
    await openQuoteApproval()
    await test('problem-0').click()
    await test('section-condition').waitFor()
    await test('publish').click()
    await page.getByText('还有错误').waitFor()
    expect(world.published).toEqual([])
  })

  it('says how to mend a problem: its rule, in the words of the reader, with examples as they are written', async () => {
    const found = { severity: 'error', element: 'large', line: 1, message: both('分支没有条件') }
    world.diagnostics = [{ ...found, rule: 'gateway.condition-missing' }, { ...found, rule: 'plugin.own', severity: 'warning' }]
    await openQuoteApproval()
    await test('problem-0-mend').click()
    await test('rule-page').getByText('怎样改').waitFor()
    await test('rule-page').getByText('<exclusiveGateway').first().waitFor()
    expect(await test('rule-page').textContent()).not.toContain('How to mend it')
    await page.keyboard.press('Escape')
    await test('rule-page').waitFor({ state: 'hidden' })
    await test('problem-1-mend').click()
    await test('rule-page').getByText('没有这条检查规则的说明页').waitFor()
  })

  it('keeps a draft through a reload, and shows a conflict instead of overwriting', async () => {
    await openQuoteApproval()
    await fill('name', '报价审批二')
    await test('draft-saved').waitFor()
    await page.reload()
    await test('draft-take').click()
    await eventually(() => test('process-name').textContent()).toBe('报价审批二')

    world.conflict = true
    await test('publish').click()
    await test('conflict').waitFor()
    expect(world.published).toEqual([])
    world.conflict = false
    await test('conflict-mine').click()
    await eventually(() => world.published[0]?.base).toBe('2')
    await test('draft-saved').waitFor({ state: 'detached' })
  })

  it('asks what the process may do with data before it is published', async () => {
    const grant = (action: string, fields: string[], text: string, isNew: boolean) => ({
      entity: 'quotes.quote',
      action,
      fields,
      text: both(text),
      because: [{ code: 'mark-approved', name: '标记为已批准' }],
      new: isNew,
      confirmed: !isNew,
    })
    const needed = [grant('read', ['*'], '查看报价的所有字段', false), grant('update', ['status'], '修改报价的状态', true)]
    world.grants = [{ process: 'quote-approval', needed, confirmed_by: null, confirmed_at: null }]
    await openQuoteApproval()
    await test('publish').click()
    await test('grants').getByText('修改报价的状态').waitFor()
    expect(await test('grants').getByText('新增').count()).toBe(1)
    expect(world.published).toEqual([])
    await test('grant-quotes.quote-update').click()
    await test('grants-refused').waitFor()
    await test('grant-quotes.quote-update').click()
    await test('grants-confirm').click()
    await eventually(() => world.published.length).toBe(1)
    expect(world.published[0]?.grants).toEqual([
      { entity: 'quotes.quote', action: 'read', fields: ['*'] },
      { entity: 'quotes.quote', action: 'update', fields: ['status'] },
    ])
  })

  it('lets a plugin say who does a step, once', async () => {
    await openQuoteApproval()
    await element('manager-approval').click()
    await choose('assignees-0-kind', '由插件决定')
    await choose('assignees-0-value', '客户负责人')
    await choose('input-least', '金额')
    const drawn = await studio.checked(/<kapok:plugin rule="customers.responsible">\s*<kapok:input name="least">record.total<\/kapok:input>/)
    expect(drawn).not.toContain('<kapok:superior')
    await page.locator('.djs-element[data-element-id="manager-approval"]').getByText('客户负责人').waitFor()
    await test('assignees-add').click()
    await test('assignees-1-kind').click()
    const ways = page.locator('.el-select-dropdown__item:visible')
    await ways.first().waitFor()
    expect(await ways.allTextContents()).not.toContain('由插件决定')
  })

  it('draws an HTTP request and work for a program outside', async () => {
    await openQuoteApproval()
    await element('mark-approved').click()
    await test('service-request').click()
    await fill('request-url', 'https://erp.example.com/orders/{record.number}')
    await fill('request-body', '#{ total: record.total }')
    await test('request-output-add').click()
    await fill('request-output-0-name', 'order')
    await fill('request-output-0-value', 'body.id')
    await test('request-secret-add').click()
    await fill('request-secret-0-name', 'Authorization')
    await fill('request-secret-0-value', 'erp')
    await fill('request-secret-0-prefix', 'Bearer ')
    const drawn = await studio.checked('prefix="Bearer "')
    expect(drawn).toContain('<kapok:request method="POST" url="https://erp.example.com/orders/{record.number}">')
    expect(drawn).toContain('<kapok:output variable="order">body.id</kapok:output>')
    expect(drawn).toContain('<kapok:body>#{ total: record.total }</kapok:body>')
    await test('service-external').click()
    await fill('external-topic', 'rate-customer')
    const outside = await studio.checked('external="true"')
    expect(outside).toContain('<kapok:handler name="rate-customer" external="true"')
    expect(outside).not.toContain('kapok:request')
  })

  it('tries a request with values that are made up', async () => {
    const asked: { request: string; variables: unknown }[] = []
    const answers = [
      {
        json: {
          method: 'POST', url: 'https://erp.example.com/orders/0012', status: 201, headers: [{ name: 'x-stock', value: '3' }],
          body: '{"id":"A-7","price":99999999999999.99}', cut: true, verdict: 'success', error: null,
          outputs: [{ variable: 'order', value: 'A-7', problem: null }, { variable: 'lost', value: null, problem: both('没有 body.no') }],
        },
      },
      { status: 422, json: { title: '', status: 422, code: 'request.not-sent', detail: both('请求没有发出：不在允许的地址里') } },
    ] // prettier-ignore
    await page.route('**/api/v1/requests/try', (route) => {
      asked.push(route.request().postDataJSON() as (typeof asked)[number])
      return route.fulfill(answers[asked.length - 1] ?? { status: 500 })
    })
    await openQuoteApproval()
    await element('mark-approved').click()
    await test('service-request').click()
    expect(await test('request-try').isDisabled()).toBe(true)
    await fill('request-url', 'https://erp.example.com/orders/{record.number}')
    await fill('request-body', '#{ total: record.total, by: "x" }')
    await test('request-try').click()
    await fill('trial-value-0-value', '0012')
    await fill('trial-value-1-value', '1200.5')
    expect(await test('trial-value-1-name').inputValue()).toBe('record.total')
    await test('trial-send').click()
    await test('trial-answer').waitFor()
    expect(asked[0]?.request).toContain('<kapok:request xmlns:kapok="urn:kapok:bpmn:1" method="POST" url="https://erp.example.com/orders/{record.number}">')
    expect(asked[0]?.variables).toEqual({ record: { number: '0012', total: 1200.5 } })
    expect(await test('trial-status').textContent()).toBe('201')
    expect(await test('trial-body').textContent()).toContain('"price": 99999999999999.99')
    expect(await test('trial-outputs').textContent()).toContain('没有 body.no')
    await test('trial-send').click()
    await test('trial-problem').getByText('不在允许的地址里').waitFor()
    expect(await test('trial-answer').count()).toBe(0)
    // What was tried is not written into the drawing.
    expect(await studio.checked('<kapok:body>')).not.toContain('0012')
  })

  it('leaves the mark of bpmn-js uncovered', async () => {
    await openQuoteApproval()
    const box = await page.locator('.bjs-powered-by').boundingBox()
    const isOnTop = await page.evaluate(
      ({ x, y, width, height }) =>
        document.elementFromPoint(x + width / 2, y + height / 2)?.closest('.bjs-powered-by') !== null,
      box ?? { x: 0, y: 0, width: 0, height: 0 },
    )
    expect(isOnTop).toBe(true)
  })
})
