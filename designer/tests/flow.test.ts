/** Drawing processes in a real browser, under the content security policy. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page, type Route } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakeServer, type FakeServer } from './fake/server'

const quoteApproval = readFileSync(join(import.meta.dirname, '../../workflows/quote-approval/quote-approval.bpmn'), 'utf8')
const both = (zh: string) => ({ zh, en: zh })
const me = {
  id: '1', login: 'admin', name: '王敏', language: 'zh-CN', roles: ['administrator'], administrator: true,
  unread: { tasks: 0, pages: 0 }, demo: false,
} // prettier-ignore
const catalogue = {
  handlers: [{ name: 'quotes.mark-approved', label: both('标记为已批准'), inputs: [{ name: 'quote', label: both('报价') }] }],
  roles: [
    { code: 'finance-manager', name: '财务经理' },
    { code: 'general-manager', name: '总经理' },
    { code: 'hr', name: '人事' },
  ],
  departments: [],
  entities: [
    {
      id: 'quotes.quote',
      label: both('报价'),
      fields: [
        { path: 'number', label: both('编号'), type: 'auto-number' },
        { path: 'total', label: both('金额'), type: 'money' },
      ],
    },
  ],
}
const version = (number: number) => ({
  id: String(number), key: 'quote-approval', name: '报价审批', version: number,
  deployed_at: '2026-01-05T08:00:00Z', deployed_by: { id: '2', name: '李强' }, active_instances: 0,
}) // prettier-ignore

let server: FakeServer
let browser: Browser
let page: Page
/** What the server was asked, and what it answers. */
let world: {
  versions: number[]
  diagnostics: object[]
  conflict: boolean
  checked: string[]
  published: { base: string | null; xml: string }[]
  faults: string[]
}

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

beforeEach(async () => {
  world = { versions: [1], diagnostics: [], conflict: false, checked: [], published: [], faults: [] }
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'zh-CN' })
  page.on('pageerror', (error) => world.faults.push(String(error)))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) world.faults.push(message.text())
  })
  await page.route('**/api/v1/session', (route) => route.fulfill({ json: me }))
  await page.route('**/api/v1/catalogue', (route) => route.fulfill({ json: catalogue }))
  await page.route(/\/api\/v1\/definitions/, answer)
})
afterEach(async () => {
  expect(world.faults).toEqual([])
  await page.context().close()
})

function answer(route: Route): Promise<void> {
  const request = route.request()
  const url = new URL(request.url())
  const body = request.postData() ?? ''
  if (url.pathname.endsWith('/check')) {
    world.checked.push(body)
    return route.fulfill({ json: { diagnostics: world.diagnostics } })
  }
  if (url.pathname.endsWith('/xml')) return route.fulfill({ contentType: 'application/xml', body: quoteApproval })
  if (request.method() === 'GET') {
    const key = url.searchParams.get('key') ?? 'quote-approval'
    const items = key === 'quote-approval' ? world.versions.map(version) : []
    return route.fulfill({ json: { items, next: null } })
  }
  if (world.conflict) {
    world.versions = [2, 1]
    const problem = { title: '', status: 409, code: 'definition.conflict', detail: both('已有新版本') }
    return route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  }
  world.published.push({ base: url.searchParams.get('base'), xml: body })
  return route.fulfill({ status: 201, json: { id: '9', key: 'x', version: 2, diagnostics: [] } })
}

/** However busy the machine is. */
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 20_000 })
const test = (name: string) => page.locator(`[data-test="${name}"]`)
const element = (id: string) => page.locator(`[data-element-id="${id}"] .djs-hit`).first()
/** The settings, without where things stand: bpmn-js measures labels anew. */
const settings = (xml: string | undefined) => xml?.replace(/<bpmndi:BPMNDiagram.*/s, '')

async function openQuoteApproval(): Promise<void> {
  await page.goto(`${server.address}/flow/quote-approval`)
  await eventually(() => world.checked.length).toBe(1)
}

async function choose(name: string, label: string): Promise<void> {
  await test(name).click()
  await page.locator('.el-select-dropdown__item:visible', { hasText: label }).first().click()
}

async function fill(name: string, text: string): Promise<void> {
  const input = test(name).and(page.locator('input, textarea')).or(test(name).locator('input, textarea'))
  await input.first().fill(text)
  await input.first().press('Tab')
}

/** Clicks the middle of a flow. */
async function selectFlow(id: string): Promise<void> {
  const box = await element(id).boundingBox()
  if (!box) throw new Error(`the flow ${id} is not drawn`)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

describe('the flow designer', () => {
  it('draws a process from blank with nothing but clicks and names', async () => {
    await page.goto(`${server.address}/flow/new`)
    await test('new-blank').click()
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
