/** The pages drawn from definitions, without barriers: every way to look at records, and every dialog. */
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

const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'deals', path: '/records/crm.deal', ready: '[data-test=record]' },
  {
    name: 'deals-filter',
    path: '/records/crm.deal?view=east&columns=title,amount,stage',
    ready: '[data-test=record]',
    act: async (page) => {
      await page.click('[data-test=filter-open]')
      await page.click('[data-test=filter-add]')
      await page.locator('[data-test=choose]').first().check()
    },
  },
  { name: 'deals-trash', path: '/records/crm.deal?trash=1', ready: '[data-test=restore]' },
  { name: 'deals-board', path: '/records/crm.deal?view=board', ready: '[data-test=card]' },
  { name: 'deals-month', path: '/records/crm.deal?mode=calendar', ready: '[data-test=calendar-entry]:visible, .agenda a:visible' },
  {
    name: 'deals-week',
    path: '/records/crm.deal?mode=calendar',
    ready: '[data-test=calendar-entry]:visible, .agenda a:visible',
    act: (page) => page.click('[data-test=calendar-by]'),
  },
  {
    name: 'deals-tree',
    path: '/records/crm.deal?mode=tree',
    ready: '[data-test=tree-row]',
    act: (page) => page.click('[data-id="701"] [data-test=tree-toggle]'),
  },
  { name: 'deals-bars', path: '/records/crm.deal?mode=statistics', ready: '[data-test=bars]' },
  {
    name: 'deals-pie',
    path: '/records/crm.deal?mode=statistics',
    ready: '[data-test=bars]',
    act: async (page) => {
      await page.click('[data-test=figures-chart]')
      await page.locator('.el-select-dropdown__item:visible').last().click()
      await page.locator('[data-test=pie]').waitFor()
      await page.locator('.el-select-dropdown').last().waitFor({ state: 'hidden' })
    },
  },
  { name: 'deal', path: '/records/crm.deal/701', ready: '[data-test=field-story] h2' },
  {
    name: 'deal-edit',
    path: '/records/crm.deal/701',
    ready: '[data-test=field-story] h2',
    act: async (page) => {
      await page.click('[data-test=record-edit]')
      await page.locator('[contenteditable]').waitFor()
      await page.locator('[data-test=address-detail]').waitFor()
    },
  },
  {
    name: 'deal-region',
    path: '/records/crm.deal/701',
    ready: '[data-test=field-story] h2',
    act: async (page) => {
      await page.click('[data-test=record-edit]')
      await page.click('[data-test=field-region] [data-test=tree-open]')
      await page.locator('[data-test=tree-gsq]').waitFor()
    },
  },
  ...['related-quotes', 'history', 'shares'].map((tab) => ({
    name: `deal-${tab}`,
    path: '/records/crm.deal/701',
    ready: `[data-test=tab-${tab}]`,
    act: async (page: Page) => {
      await page.click(`[data-test=tab-${tab}]`)
      await page.locator('[data-test=related], [data-test=record-history], [data-test=shares]').waitFor()
    },
  })),
  {
    name: 'deal-conflict',
    path: '/records/crm.deal/702',
    ready: '[data-test=record-edit]',
    act: async (page) => {
      await page.click('[data-test=record-edit]')
      await page.locator('[data-test=field-title] input').fill('我改的名称')
      const read = (await (await page.request.get(`${server.address}/api/v1/records/crm.deal/702`)).json()) as { fields: object }
      await page.route('**/records/crm.deal/702', (route) =>
        route.request().method() === 'GET'
          ? route.fulfill({ json: { ...read, version: 5, fields: { ...read.fields, title: '别人改的名称' } } })
          : route.fallback(),
      )
      await page.click('[data-test=record-save]')
      await page.locator('[data-test=conflict-title]').waitFor()
    },
  },
  {
    name: 'deal-duplicate',
    path: '/records/crm.deal/new',
    ready: '[data-test=field-title]',
    act: async (page) => {
      await page.locator('[data-test=field-title] input').fill('年度维保')
      await page.click('[data-test=record-save]')
      await page.locator('[data-test=duplicates]').waitFor()
    },
  },
  {
    name: 'deal-merge',
    path: '/records/crm.deal',
    ready: '[data-test=record]',
    act: async (page) => {
      await page.locator('[data-test=choose]').nth(0).check()
      await page.locator('[data-test=choose]').nth(1).check()
      await page.click('[data-test=bulk-merge]')
      await page.locator('[data-test=merge]').waitFor()
    },
  },
  {
    name: 'deal-access',
    path: '/records/crm.deal/701',
    ready: '[data-test=record-more]',
    act: async (page) => {
      await page.click('[data-test=record-more]')
      await page.click('[data-test=record-more-access]')
      await page.locator('[data-test=access-action]').first().waitFor()
      await page.locator('.el-dropdown-menu').last().waitFor({ state: 'hidden' })
    },
  },
  {
    name: 'search',
    path: '/mine',
    ready: '[data-test=case]',
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await page.locator('[data-test=search-words]').fill('hy')
      await page.locator('[data-test=search-hit]').first().waitFor()
    },
  },
]

/** The browser itself notes that an answer was a refusal; that is what these places are about. */
const isRefusal = (fault: string) => fault.includes('409')

describe.each(looks(places, 'deals', 'deals-month', 'deal', 'deal-edit'))('$name', ({ places: shown, ...view }) => {
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
      await expectNoBarrier(page, faults.filter((fault) => !isRefusal(fault)), `${name}-${view.name}`)
    } finally {
      await page.close() // its stream holds one of the few connections that a browser allows
    }
  })
})
