/** The pages on which data, roles and the organisation are shaped, without barriers. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { contextOf, expectNoBarrier, faultsOf, looks } from './fake/look'
import { startFakeServer, type FakeServer } from './fake/server'

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

const contract = '/admin/data/entities/own.contract'
const tab = (name: string) => async (page: Page) => page.click(`[data-test=tab-${name}]`)
const click = (...names: string[]) => async (page: Page) => {
  for (const name of names) await page.locator(`[data-test=${name}]`).first().click()
}

const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown>; shows?: string }[] = [
  { name: 'data', path: '/admin/data', ready: 'entity' },
  { name: 'data-new', path: '/admin/data', ready: 'entity', act: click('new-entities'), shows: 'new-name' },
  { name: 'dictionaries', path: '/admin/data', ready: 'entity', act: tab('dictionaries'), shows: 'dictionary' },
  { name: 'dictionary', path: '/admin/data/dictionaries/own.region', ready: 'entry' },
  { name: 'fields', path: contract, ready: 'field' },
  { name: 'field-types', path: contract, ready: 'field', act: click('field-add'), shows: 'type-lines' },
  {
    name: 'field-lines',
    path: contract,
    ready: 'field',
    act: async (page) => {
      await page.locator('[data-test=field][data-id=lines] [data-test=field-edit]').click()
      await page.locator('[data-test=column][data-id=amount] [data-test=field-edit]').click()
    },
    shows: 'field-currency',
  },
  {
    name: 'field-choices',
    path: contract,
    ready: 'field',
    act: (page) => page.locator('[data-test=field][data-id=status] [data-test=field-edit]').click(),
    shows: 'entry',
  },
  { name: 'form', path: contract, ready: 'field', act: tab('form'), shows: 'section' },
  { name: 'list', path: contract, ready: 'field', act: tab('list'), shows: 'list-column' },
  { name: 'views', path: contract, ready: 'field', act: click('tab-views', 'view-edit'), shows: 'view-field' },
  { name: 'related', path: '/admin/data/entities/crm.customer', ready: 'field', act: tab('related'), shows: 'related' },
  { name: 'rules', path: contract, ready: 'field', act: tab('rules'), shows: 'unique-rule' },
  {
    name: 'plan',
    path: contract,
    ready: 'field',
    act: async (page) => {
      await click('tab-rules', 'rule-history', 'draft-check')(page)
    },
    shows: 'plan-apply',
  },
  { name: 'roles', path: '/admin/roles', ready: 'grants' },
  { name: 'field-rules', path: '/admin/roles', ready: 'grants', act: tab('fields'), shows: 'field-rule' },
  { name: 'totals', path: '/admin/roles', ready: 'grants', act: click('tab-totals', 'total-add'), shows: 'total' },
  { name: 'view-as', path: '/admin/roles?record=/records/crm.customer/501', ready: 'grants', act: tab('view-as'), shows: 'view-as-record' },
  { name: 'people', path: '/admin/organisation', ready: 'person' },
  {
    name: 'person',
    path: '/admin/organisation',
    ready: 'person',
    act: (page) => page.click('[data-test=person][data-id="11"]'),
    shows: 'stand-in',
  },
  { name: 'join', path: '/admin/organisation', ready: 'person', act: click('person-new'), shows: 'join-name' },
  {
    name: 'leaving',
    path: '/admin/organisation',
    ready: 'person',
    act: async (page) => {
      await page.click('[data-test=person][data-id="11"]')
      await click('person-leave')(page)
    },
    shows: 'leave-preview',
  },
  { name: 'import', path: '/admin/organisation', ready: 'person', act: click('people-import'), shows: 'import-file' },
  { name: 'sync', path: '/admin/organisation', ready: 'person', act: click('sync-source'), shows: 'sync-item' },
  { name: 'departments', path: '/admin/organisation', ready: 'person', act: tab('departments'), shows: 'department' },
  { name: 'department', path: '/admin/organisation', ready: 'person', act: click('tab-departments', 'department-edit'), shows: 'department-head' },
  { name: 'posts', path: '/admin/organisation', ready: 'person', act: tab('posts'), shows: 'post' },
]

describe.each(looks(places, 'fields', 'plan', 'roles', 'person'))('$name', ({ places: shown, ...view }) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await contextOf(browser, view)
  })
  afterAll(() => context?.close())

  it.each(shown)('$name', async ({ name, path, ready, act, shows }) => {
    const page = await context.newPage()
    try {
      const faults = faultsOf(page)
      await page.goto(server.address + path)
      await page.locator(`[data-test=${ready}]`).first().waitFor()
      await act?.(page)
      if (shows) await page.locator(`[data-test=${shows}]`).first().waitFor()
      for (const shadow of await page.locator('.skeleton').all()) await shadow.waitFor({ state: 'detached' })
      // Drawers and dialogs come in.
      await page.waitForTimeout(350)
      await expectNoBarrier(page, faults, `${name}-${view.name}`)
    } finally {
      await page.close() // its stream holds one of the few connections that a browser allows
    }
  })
})
