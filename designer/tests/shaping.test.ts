/** The pages on which data, roles and the organisation are shaped, without barriers. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { contextOf, expectNoBarrier, faultsOf, views } from './fake/look'
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

const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown>; then?: string }[] = [
  { name: 'data', path: '/admin/data', ready: 'entity' },
  { name: 'data-new', path: '/admin/data', ready: 'entity', act: click('new-entities'), then: 'new-name' },
  { name: 'dictionaries', path: '/admin/data', ready: 'entity', act: tab('dictionaries'), then: 'dictionary' },
  { name: 'dictionary', path: '/admin/data/dictionaries/own.region', ready: 'entry' },
  { name: 'fields', path: contract, ready: 'field' },
  { name: 'field-types', path: contract, ready: 'field', act: click('field-add'), then: 'type-lines' },
  {
    name: 'field-lines',
    path: contract,
    ready: 'field',
    act: async (page) => {
      await page.locator('[data-test=field][data-id=lines] [data-test=field-edit]').click()
      await page.locator('[data-test=column][data-id=amount] [data-test=field-edit]').click()
    },
    then: 'field-currency',
  },
  {
    name: 'field-choices',
    path: contract,
    ready: 'field',
    act: (page) => page.locator('[data-test=field][data-id=status] [data-test=field-edit]').click(),
    then: 'entry',
  },
  { name: 'form', path: contract, ready: 'field', act: tab('form'), then: 'section' },
  { name: 'list', path: contract, ready: 'field', act: tab('list'), then: 'list-column' },
  { name: 'views', path: contract, ready: 'field', act: click('tab-views', 'view-edit'), then: 'view-field' },
  { name: 'related', path: '/admin/data/entities/crm.customer', ready: 'field', act: tab('related'), then: 'related' },
  { name: 'rules', path: contract, ready: 'field', act: tab('rules'), then: 'unique-rule' },
  {
    name: 'plan',
    path: contract,
    ready: 'field',
    act: async (page) => {
      await click('tab-rules', 'rule-history', 'draft-check')(page)
    },
    then: 'plan-apply',
  },
  { name: 'roles', path: '/admin/roles', ready: 'grants' },
  { name: 'field-rules', path: '/admin/roles', ready: 'grants', act: tab('fields'), then: 'field-rule' },
  { name: 'totals', path: '/admin/roles', ready: 'grants', act: click('tab-totals', 'total-add'), then: 'total' },
  { name: 'view-as', path: '/admin/roles?record=/records/crm.customer/501', ready: 'grants', act: tab('view-as'), then: 'view-as-record' },
  { name: 'people', path: '/admin/organisation', ready: 'person' },
  {
    name: 'person',
    path: '/admin/organisation',
    ready: 'person',
    act: (page) => page.click('[data-test=person][data-id="11"]'),
    then: 'stand-in',
  },
  { name: 'join', path: '/admin/organisation', ready: 'person', act: click('person-new'), then: 'join-name' },
  {
    name: 'leaving',
    path: '/admin/organisation',
    ready: 'person',
    act: async (page) => {
      await page.click('[data-test=person][data-id="11"]')
      await click('person-leave')(page)
    },
    then: 'leave-preview',
  },
  { name: 'import', path: '/admin/organisation', ready: 'person', act: click('people-import'), then: 'import-file' },
  { name: 'departments', path: '/admin/organisation', ready: 'person', act: tab('departments'), then: 'department' },
  { name: 'department', path: '/admin/organisation', ready: 'person', act: click('tab-departments', 'department-edit'), then: 'department-head' },
  { name: 'posts', path: '/admin/organisation', ready: 'person', act: tab('posts'), then: 'post' },
]

describe.each(views)('$name', (view) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await contextOf(browser, view)
  })
  afterAll(() => context?.close())

  it.each(places)('$name', async ({ name, path, ready, act, then }) => {
    const page = await context.newPage()
    const faults = faultsOf(page)
    await page.goto(server.address + path)
    await page.locator(`[data-test=${ready}]`).first().waitFor()
    await act?.(page)
    if (then) await page.locator(`[data-test=${then}]`).first().waitFor()
    for (const shadow of await page.locator('.skeleton').all()) await shadow.waitFor({ state: 'detached' })
    // Drawers and dialogs come in.
    await page.waitForTimeout(350)
    try {
      await expectNoBarrier(page, faults, `${name}-${view.name}`)
    } finally {
      await page.close()
    }
  })
})
