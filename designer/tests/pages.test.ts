/**
 * Every main page of the workbench in a real browser: without an accessibility fault, without a violation of the content
 * security policy, without an error, wide and narrow. With `SCREENSHOTS=folder` it also leaves a picture of each.
 */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { contextOf, expectNoBarrier, faultsOf, looks } from './fake/look'
import { forgotten } from './fake/reports'
import { startFakeServer, type FakeServer } from './fake/server'
import { bad, fresh } from './fake/system'

let server: FakeServer
let browser: Browser

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] })
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'sign-in', path: '/sign-in', ready: '[data-test=demo-p0]' },
  { name: 'sign-in-failed', path: '/sign-in?problem=unlinked&next=%2Ftasks%2F101', ready: '[data-test=sign-in-elsewhere]' },
  {
    name: 'connections',
    path: '/tasks',
    ready: '[data-test=task]',
    act: async (page) => {
      const menu = page.locator('[data-test=account-connections]').filter({ visible: true })
      if (await menu.isHidden()) await page.click('[data-test=bar-more]')
      await menu.click()
      await page.locator('[data-test=connection]').waitFor()
    },
  },
  { name: 'tasks', path: '/tasks', ready: '[data-test=task]' },
  {
    name: 'task',
    path: '/tasks/102',
    ready: '[data-test=task-approve]',
    act: (page) => page.click('[data-test=task-approve]'),
  },
  { name: 'claim', path: '/tasks/106', ready: '[data-test=task-claim]' },
  { name: 'done', path: '/done', ready: '[data-test=done-task]' },
  { name: 'mine', path: '/mine', ready: '[data-test=case]' },
  { name: 'start', path: '/start', ready: '[data-test=start-leave]' },
  {
    name: 'start-leave',
    path: '/start/leave',
    ready: '[data-test=field-days]',
    act: (page) => page.click('[data-test=start-submit]'),
  },
  { name: 'messages', path: '/messages', ready: '[data-test=page]' },
  { name: 'case', path: '/cases/301', ready: '[data-test=case-diagram] [data-element-id=finance]' },
  { name: 'records', path: '/records/quotes.quote', ready: '[data-test=record]' },
  { name: 'record', path: '/records/quotes.quote/901', ready: '[data-test=field-total]' },
  {
    name: 'record-edit',
    path: '/records/quotes.quote/901',
    ready: '[data-test=field-total]',
    act: async (page) => {
      await page.click('[data-test=record-edit]')
      await page.click('[data-test=line-add]')
    },
  },
  { name: 'totals', path: '/tasks', ready: '[data-test=total]' },
  { name: 'reports', path: '/reports', ready: '[data-test=report]' },
  { name: 'report', path: '/reports/hello.by-account', ready: '[data-test=report-row]' },
  {
    name: 'report-inputs',
    path: '/reports/hello.of-period',
    ready: '[data-test=field-from]',
    act: (page) => page.click('[data-test=report-run]'),
  },
  { name: 'instances', path: '/admin/instances', ready: '[data-test=case]' },
  { name: 'incidents', path: '/admin/incidents', ready: '[data-test=incident]' },
  { name: 'outbox', path: '/admin/outbox', ready: '[data-test=outbox-message]' },
  { name: 'plugins', path: '/admin/plugins', ready: '[data-test=plugin]' },
  { name: 'system', path: '/admin/system', ready: '[data-test=system-work]' },
  {
    name: 'system-fresh',
    path: '/admin/system',
    ready: '[data-test=system-work]',
    act: async (page) => {
      await page.route('**/api/v1/system', (route) => route.fulfill({ json: fresh }))
      await page.reload()
      await page.locator('[data-test=backup-setup]').waitFor()
    },
  },
  {
    name: 'system-topics',
    path: '/admin/system',
    ready: '[data-test=system-topics]',
    act: async (page) => {
      await page.route('**/api/v1/external-tasks/topics', (route) => route.fulfill({ json: { items: forgotten, next: null } }))
      await page.reload()
      await page.locator('[data-test=topics-forgotten]').waitFor()
    },
  },
  {
    name: 'system-bad',
    path: '/admin/system',
    ready: '[data-test=system-work]',
    act: async (page) => {
      await page.route('**/api/v1/system', (route) => route.fulfill({ json: bad }))
      await page.reload()
      await page.locator('[data-test=backup-failed]').waitFor()
    },
  },
]

describe.each(looks(places, 'sign-in', 'tasks', 'task', 'start-leave', 'report', 'totals'))('$name', ({ places: shown, ...view }) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await contextOf(browser, view)
  })
  afterAll(() => context?.close())

  it.each(shown)('$name', async ({ name, path, ready, act }) => {
    const page = await context.newPage()
    try {
      const faults = faultsOf(page)
      await page.goto(server.address + path)
      await page.locator(ready).first().waitFor()
      await act?.(page)
      for (const shadow of await page.locator('.skeleton').all()) await shadow.waitFor({ state: 'detached' })
      await expectNoBarrier(page, faults, `${name}-${view.name}`)
    } finally {
      await page.close() // its stream holds one of the few connections that a browser allows
    }
  })
})
