/**
 * Pages that plugins put together: a salesperson's own, the example's with its frame, and a frame that is up to no good,
 * which must get nowhere: not to another server, not to the page around it, not to what its plugin was not granted.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configuration } from './support/configuration'
import { Desk } from './support/desk'
import { Kapok } from './support/kapok'
import { listen } from './support/listen'
import { launch, Person } from './support/person'

const workspace = resolve(import.meta.dirname, '../..')
const ACCOUNT = '兰州精密账户'

let plugins: string
let elsewhere: Awaited<ReturnType<typeof listen>>
let kapok: Kapok
let browser: Browser
/** What reached another server. */
const arrived: string[] = []

const MANIFEST = `
[plugin]
id = "hostile"
version = "0.1.0"
label = { zh = "恶意插件", en = "Hostile" }
needs = ["customers"]

[capabilities.records]
"hostile.note" = ["read", "create"]

[entities."hostile.note"]
label = { zh = "便条", en = "Note" }
title = "name"
fields.name = { pos = 1, type = "text", label = { zh = "名", en = "Name" } }
fields.own = { pos = 2, type = "text", label = { zh = "密", en = "Secret" } }

[permissions."hostile.note"]
sales = { read = "own", create = "all" }

[roles.sales]
label = { zh = "销售", en = "Sales" }

[pages."hostile.desk"]
pos = 90
label = { zh = "不怀好意", en = "Up to no good" }
widgets.tries = { pos = 1, kind = "frame", file = "pages/tries.html", label = { zh = "尝试", en = "Tries" } }
widgets.leaves = { pos = 2, kind = "frame", file = "pages/leaves.html", label = { zh = "离开", en = "Leaves" } }
`

/** Everything that it tries; each says what came of it, and a word in capitals is a success that there must not be. */
const tries = (origin: string) => `<!doctype html><meta charset="utf-8"><title>tries</title><pre id="came"></pre>
<link rel="stylesheet" href="${origin}/style"><img src="${origin}/img"><script src="${origin}/script"></script>
<iframe src="${origin}/iframe"></iframe>
<script>
const came = {}
const note = (name, what) => { came[name] = what }
const attempt = (name, act) => { try { note(name, act()) } catch (error) { note(name, 'refused ' + error.name) } }
const fetched = async (name, address, options) => {
  try { await fetch(address, options); note(name, 'SENT') } catch (error) { note(name, 'refused ' + error.name) }
}
addEventListener('message', async ({ ports: [port] }) => {
  const answers = new Map()
  port.onmessage = ({ data }) => answers.get(data.id)?.(data)
  let last = 0
  const call = (call, what) => new Promise((answer) => { answers.set(++last, answer); port.postMessage({ id: last, call, with: what }) })
  await fetched('own server', '/api/v1/session')
  await fetched('other server', '${origin}/fetch', { mode: 'no-cors' })
  attempt('beacon', () => { navigator.sendBeacon('${origin}/beacon', 'x'); return 'refused by the policy' })
  attempt('picture', () => { new Image().src = '${origin}/picture'; return 'refused by the policy' })
  attempt('socket', () => { new WebSocket('${origin.replace('http', 'ws')}/socket'); return 'refused by the policy' })
  attempt('page around', () => parent.document.body ? 'READ' : 'refused')
  attempt('its address', () => parent.location.href ? 'READ' : 'refused')
  attempt('cookies', () => document.cookie || 'READ')
  attempt('storage', () => localStorage.length + 'READ')
  attempt('window', () => (open('${origin}/window') ? 'OPENED' : 'refused'))
  attempt('top', () => { top.location = '${origin}/top'; return 'ASKED' })
  attempt('form', () => { const form = document.createElement('form'); form.action = '${origin}/form'; document.body.append(form); form.submit(); return 'refused by the policy' })
  for (const [name, what] of [['find', { entity: 'customers.customer' }], ['find', { entity: 'system.person' }],
    ['create', { entity: 'customers.customer', fields: { name: '假客户' } }], ['update', { entity: 'hostile.note', id: '1', set: { own: 'x' } }],
    ['runReport', { report: 'hello.by-account' }], ['delete', { entity: 'hostile.note', id: '1' }], ['__proto__', {}], ['open', { entity: 'hostile.note', id: '1' }]]) {
    const { problem, answer } = await call(name, what)
    note(name + ' ' + (what.entity ?? what.report ?? ''), problem ? problem.code : 'GOT ' + JSON.stringify(answer))
  }
  const own = await call('create', { entity: 'hostile.note', fields: { name: '自己的' } })
  note('own note', own.answer ? 'made' : own.problem.code)
  document.getElementById('came').textContent = JSON.stringify(came)
}, { once: true })
</script>`

const leaves = (origin: string) => `<!doctype html><title>leaves</title><script>
addEventListener('message', () => setTimeout(() => { location = '${origin}/leaves' }, 50), { once: true })
</script>`

beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'kapok-plugins-'))
  await cp(join(workspace, 'plugins/dist'), plugins, { recursive: true })
  await cp(join(workspace, 'examples/plugin-hello/dist'), join(plugins, 'hello'), { recursive: true })
  elsewhere = await listen(
    createServer((request, response) => {
      arrived.push(request.url ?? '')
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('x')
    }),
  )
  const origin = `http://127.0.0.1:${elsewhere.port}`
  await mkdir(join(plugins, 'hostile/pages'), { recursive: true })
  await writeFile(join(plugins, 'hostile/plugin.toml'), MANIFEST)
  await writeFile(join(plugins, 'hostile/pages/tries.html'), tries(origin))
  await writeFile(join(plugins, 'hostile/pages/leaves.html'), leaves(origin))
  kapok = await Kapok.start(`${configuration({})}[plugins]\nfolder = ${JSON.stringify(plugins)}\n`)
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
  await elsewhere?.stop()
  await rm(plugins, { recursive: true, force: true })
})

const signedIn = (login: string) => Person.signedIn(browser, kapok.address, login)
const widget = (person: Person, id: string) => person.page.locator(`[data-test=widget][data-id="${id}"]`)

it('a salesperson sees their own day, and notes a contact where they stand', async () => {
  const seller = await signedIn('li.na')
  await seller.page.locator('[data-test="menu-plugin-page-tracking.desk"]').click()
  await widget(seller, 'customers').locator('[data-test=total-figure]').filter({ hasText: /^\d+$/ }).waitFor()
  await widget(seller, 'levels').locator('[data-test=pie]').waitFor()
  await widget(seller, 'next').locator('[data-test=calendar]').waitFor()
  const before = Number(await widget(seller, 'said').locator('[data-test=total-figure]').textContent())
  const form = widget(seller, 'record')
  // Who does what comes next is oneself, by name.
  await form.locator('[data-test=field-next_who]').getByText('李娜').waitFor()
  await form.locator('[data-test=field-customer] input').click()
  await seller.page.getByRole('option').filter({ visible: true }).first().click()
  await form.locator('[data-test=field-content] textarea').fill('约好下周看样机')
  await form.locator('[data-test=widget-save]').click()
  await form.locator('[data-test=widget-saved] a').waitFor()
  // The page follows by itself.
  await widget(seller, 'recent').locator('[data-test=timeline-entry]').filter({ hasText: '约好下周看样机' }).waitFor()
  await widget(seller, 'said').locator('[data-test=total-figure]').filter({ hasText: String(before + 1) }).waitFor()
  expect(await seller.barriers()).toEqual([])
  await seller.picture('page-of-sales')

  // It is not for others.
  const finance = await signedIn('ding.huimin')
  await finance.test('menu-tasks').waitFor()
  await finance.page.locator('[data-test^=menu-records]').first().waitFor()
  expect(await finance.page.locator('[data-test="menu-plugin-page-tracking.desk"]').count()).toBe(0)
  await finance.open('/pages/tracking.desk')
  await finance.page.getByText('没有这个页面').waitFor()
  for (const person of [seller, finance]) await person.leave()
})

it("an example's frame shows what its plugin may read, in the person's name, and leads to a record", async () => {
  const seller = await signedIn('li.na')
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
  await seller.page.locator('[data-test="menu-plugin-page-hello.desk"]').click()
  await widget(seller, 'amount').getByText('60').waitFor()
  const row = seller.page.frameLocator('[data-test=frame]').getByRole('button', { name: ACCOUNT })
  await row.getByText('60%').waitFor()
  await seller.picture('page-with-frame')
  await row.click()
  await seller.page.waitForURL('**/records/hello.account/*')
  await seller.leave()
})

it('a hostile frame gets nowhere', async () => {
  const seller = await signedIn('li.na')
  await seller.open('/pages/hostile.desk')
  const told = widget(seller, 'tries').frameLocator('iframe').locator('#came')
  await told.filter({ hasText: 'own note' }).waitFor()
  const came = JSON.parse((await told.textContent()) ?? '{}') as Record<string, string>
  expect(came).toEqual({
    'own server': 'refused TypeError',
    'other server': 'refused TypeError',
    beacon: 'refused by the policy',
    picture: 'refused by the policy',
    socket: expect.stringContaining('refused') as string,
    'page around': 'refused SecurityError',
    'its address': 'refused SecurityError',
    cookies: 'refused SecurityError',
    storage: 'refused SecurityError',
    window: 'refused',
    top: 'refused SecurityError',
    form: 'refused by the policy',
    'find customers.customer': 'frame.capability',
    'find system.person': 'frame.capability',
    'create customers.customer': 'frame.capability',
    'update hostile.note': 'frame.capability',
    'runReport hello.by-account': 'not-found',
    'delete hostile.note': 'frame.unknown',
    '__proto__ ': 'frame.unknown',
    'open hostile.note': 'frame.not-touched',
    'own note': 'made',
  })
  // The one that goes away by itself is stopped at the door, and shown no more.
  await widget(seller, 'leaves').locator('[data-test=frame-strayed]').waitFor()
  expect(new URL(seller.page.url()).pathname).toBe('/pages/hostile.desk')
  expect(arrived).toEqual([])
  await seller.picture('page-hostile')
  // The browser complains of each try, as it should.
  seller.faults.splice(0)
  await seller.leave()
})
