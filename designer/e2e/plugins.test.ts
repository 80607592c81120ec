/**
 * What a plugin offers is used by people: its rule says who does a step that was drawn, its report shows each what they may
 * see; and a request that is drawn is tried before a process sends it.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configuration } from './support/configuration'
import { Desk } from './support/desk'
import { Drawing } from './support/drawing'
import { Hands } from './support/hands'
import { Kapok } from './support/kapok'
import { listen } from './support/listen'
import { launch, Person } from './support/person'

const workspace = resolve(import.meta.dirname, '../..')
const ACCOUNT = '兰州精密账户'

let plugins: string
let erp: Awaited<ReturnType<typeof listen>>
let kapok: Kapok
let browser: Browser
/** What the other side was sent. */
const arrived: Pick<IncomingMessage, 'method' | 'url'>[] = []

beforeAll(async () => {
  // The plugins that ship, and the example beside them: `cargo xtask plugins` has built both.
  plugins = await mkdtemp(join(tmpdir(), 'kapok-plugins-'))
  await cp(join(workspace, 'plugins/dist'), plugins, { recursive: true })
  await cp(join(workspace, 'examples/plugin-hello/dist'), join(plugins, 'hello'), { recursive: true })
  const server = createServer(({ method, url }, response) => {
    arrived.push({ method, url })
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"stock":7}')
  })
  erp = await listen(server)
  const more = `[plugins]\nfolder = ${JSON.stringify(plugins)}\n[[outbound]]\norigin = "${origin()}"\nprivate = true\n`
  kapok = await Kapok.start(configuration({}) + more)
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
  await erp?.stop()
  await rm(plugins, { recursive: true, force: true })
})

const origin = () => `http://127.0.0.1:${erp.port}`
const signedIn = (login: string) => Person.signedIn(browser, kapok.address, login)

it('a plugin says who does a step, and adds up what each may see', async () => {
  const seller = await signedIn('li.na')
  const order = await makeOrder(seller)
  const process = await drawLook()

  // Somebody else starts it; whoever is responsible for the account gets the to-do.
  const colleague = await signedIn('he.junjie')
  const status = await colleague.page.evaluate(
    async ([key, id]) => {
      const headers = { 'Content-Type': 'application/json', 'X-Kapok': '1', 'Idempotency-Key': `start-${id}` }
      const body = JSON.stringify({ process: key, record: { entity: 'hello.order', id } })
      return (await fetch('/api/v1/instances', { method: 'POST', headers, body })).status
    },
    [process, order],
  )
  expect(status).toBe(201)
  await seller.test('menu-tasks').click()
  await seller.test('task').filter({ hasText: '核对订单' }).waitFor()
  expect(await colleague.test('task').filter({ hasText: '核对订单' }).count()).toBe(0)

  await seller.test('menu-reports').click()
  await seller.test('report').filter({ hasText: '按账户' }).click()
  const row = seller.test('report-row').filter({ hasText: ACCOUNT })
  await row.waitFor()
  expect(await row.locator('td').allTextContents()).toEqual([ACCOUNT, '1', '60'])
  await seller.picture('report')

  // Finance may read no orders, so nothing is added up for it.
  const finance = await signedIn('ding.huimin')
  await finance.test('menu-reports').click()
  await finance.test('report').filter({ hasText: '按账户' }).click()
  await finance.page.getByText('没有数据').waitFor()
  for (const person of [seller, colleague, finance]) await person.leave()
})

it('a drawn request is tried with made-up values', async () => {
  const admin = await signedIn('admin')
  await admin.open('/flow/quote-approval')
  const hands = new Hands(admin.page)
  const drawing = new Drawing(hands)
  await hands.pointAt(drawing.element('mark-approved'))
  await hands.click(admin.test('service-request'))
  await drawing.choose('request-method', 'GET')
  await hands.fill(drawing.input('request-url'), `${origin()}/stock/{record.number}`)
  await hands.press('Tab')
  await hands.click(admin.test('request-try'))
  await hands.fill(drawing.input('trial-value-0-value'), 'A/7')
  await hands.press('Tab')
  await hands.click(admin.test('trial-send'))
  await admin.test('trial-answer').waitFor()
  expect(await admin.test('trial-status').textContent()).toBe('200')
  expect(await admin.test('trial-body').textContent()).toContain('"stock": 7')
  expect(arrived).toEqual([{ method: 'GET', url: '/stock/A%2F7' }])
  await admin.picture('request-tried')
  await admin.leave()
})

/** An account and an order of it; the order's id. */
async function makeOrder(seller: Person): Promise<string> {
  const desk = new Desk(seller)
  await seller.test('menu-records-hello.account').click()
  await seller.test('record-new').click()
  await desk.fill('name', ACCOUNT)
  await desk.fill('credit_limit', '100')
  await desk.save()
  await seller.test('menu-records-hello.order').click()
  await seller.test('record-new').click()
  await desk.fill('title', '十台')
  await desk.pick('account', ACCOUNT, ACCOUNT)
  await desk.fill('amount', '60')
  await desk.save()
  return new URL(seller.page.url()).pathname.split('/').at(-1) ?? ''
}

/** A process of one step, which is done by whom the plugin names; its key. */
async function drawLook(): Promise<string> {
  const admin = await signedIn('admin')
  await admin.test('menu-definitions').click()
  const hands = new Hands(admin.page)
  const drawing = new Drawing(hands)
  await hands.click(admin.test('new-process'))
  await hands.click(admin.test('new-blank'))
  await drawing.name('核对订单')
  await hands.click(admin.test('about-record'))
  await drawing.choose('subject-entity', '订单')
  await hands.pointAt(drawing.step('开始'))
  await drawing.next('work', '核对订单')
  await drawing.choose('assignees-0-kind', '由插件决定')
  await hands.click(admin.test('assignees-0-value'))
  await hands.click(admin.page.getByRole('option', { name: '账户负责人' }).filter({ visible: true }))
  await drawing.choose('input-account', '账户')
  await admin.picture('rule-drawn')
  await drawing.next('end')
  await admin.test('problems-none').waitFor()
  await hands.click(admin.test('publish'))
  const done = admin.page.getByText('已发布为第 1 版')
  const confirm = admin.test('grants-confirm')
  await done.or(confirm).first().waitFor()
  if (await confirm.isVisible()) await hands.click(confirm)
  await done.waitFor()
  const key = new URL(admin.page.url()).pathname.split('/').at(-1) ?? ''
  await admin.leave()
  return key
}
