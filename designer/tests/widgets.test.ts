/** Pages that plugins put together from widgets, in a real browser: each widget shows its part, and fails by itself. */
import { chromium, type Browser, type Page, type Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextOf, expectNoBarrier, faultsOf, looks } from './fake/look'
import { deals } from './fake/records'
import { startFakeServer, type FakeServer } from './fake/server'

let server: FakeServer
let browser: Browser
let page: Page

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'zh-CN' })
})
afterEach(() => page.context().close())

const open = () => page.goto(`${server.address}/pages/own.desk`)
const widget = (id: string) => page.locator(`[data-test=widget][data-id="${id}"]`)
const queryOf = (request: Request) => new URL(request.url()).searchParams
const records = (request: Request, sort: string) => new URL(request.url()).pathname.endsWith('/records/crm.deal') && queryOf(request).get('sort') === sort

describe('a page of a plugin', () => {
  it('stands in the menu, and its widgets show their parts', async () => {
    const largest = page.waitForRequest((request) => records(request, '-amount') && queryOf(request).get('limit') === '1')
    const east = page.waitForRequest((request) => records(request, '-amount') && queryOf(request).get('limit') === '3')
    const met = page.waitForRequest((request) => records(request, '-met_at'))
    const months = page.waitForRequest((request) => queryOf(request).get('group') === 'due:month')
    const report = page.waitForRequest('**/api/v1/reports/hello.by-account')
    await page.goto(`${server.address}/tasks`)
    await page.locator('[data-test="menu-plugin-page-own.desk"]').click()
    await widget('count').getByText('7').waitFor()
    expect(await page.title()).toContain('我的台面')
    expect(queryOf(await largest).get('filter')).toBe('{"field":"amount","op":"not-empty"}')
    await widget('largest').getByText('¥38,000.50').waitFor()
    await widget('sales').getByText('¥1,298,900.75').waitFor()
    await east
    expect(await widget('east').locator('[data-test=record]').count()).toBe(deals.length)
    expect(await widget('table').locator('[data-test=record]').count()).toBe(deals.length)
    await widget('stages').locator('[data-test=pie]').waitFor()
    // What is drawn is also said.
    expect(await widget('stages').locator('[data-test=figures] tbody tr').first().textContent()).toContain('¥190,002.50')
    await months
    await widget('months').locator('[data-test=bars]').waitFor()
    await widget('board').locator('[data-test=board-talking] [data-test=card]').first().waitFor()
    await widget('due').locator('.entry:visible').first().waitFor()
    await widget('tree').locator('[data-test=tree-row]').first().waitFor()
    expect(queryOf(await met).get('filter')).toBe('{"field":"met_at","op":"not-empty"}')
    expect(await widget('met').locator('[data-test=timeline-entry]').count()).toBe(deals.length)
    expect(await widget('met').locator('[data-test=timeline-day]').count()).toBe(1)
    expect((await report).postDataJSON()).toEqual({ inputs: { least: 5 } })
    await widget('report').locator('[data-test=report-table]').waitFor()
  })

  it('leads to the whole of what it shows a part of', async () => {
    await open()
    await widget('east').locator('[data-test=widget-all]').click()
    await page.waitForURL('**/records/crm.deal?view=east')
    await page.goBack()
    await widget('count').locator('a').click()
    await page.waitForURL(/filter=/)
  })

  it('goes on when one of its widgets fails, which says why and can be tried again', async () => {
    let broken = true
    await page.route('**/api/v1/reports/hello.by-account', (route) => {
      if (!broken) return route.fallback()
      const detail = { zh: '插件出错，什么都没有做。', en: 'The plugin failed.' }
      return route.fulfill({ status: 503, contentType: 'application/problem+json', json: { title: '', status: 503, code: 'plugin.fault', detail, fields: [] } })
    })
    await open()
    await widget('report').getByText('插件出错').waitFor()
    await widget('count').getByText('7').waitFor()
    broken = false
    await widget('report').getByRole('button').click()
    await widget('report').locator('[data-test=report-table]').waitFor()
  })

  it('reads anew what changed', async () => {
    await open()
    await widget('count').getByText('7').waitFor()
    const again = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith('/statistics') && queryOf(request).has('filter'))
    server.hint('record')
    await again
  })

  it('that nobody offers is said to be gone', async () => {
    await page.goto(`${server.address}/pages/own.none`)
    await page.getByText('没有这个页面').waitFor()
  })
})

describe('a form on a page', () => {
  it('begins with what the page says, saves, says so, and is empty again', async () => {
    const sent: unknown[] = []
    await page.route('**/api/v1/records/crm.deal', (route) => {
      if (route.request().method() !== 'POST') return route.fallback()
      sent.push(route.request().postDataJSON())
      return route.fulfill({ status: 201, json: { ...deals[0], id: '799', title: '新的商机' } })
    })
    await open()
    const title = widget('new').locator('[data-test=field-title] input')
    await widget('new').locator('[data-test=widget-save]').click()
    await widget('new').locator('[data-test=widget-problem]').waitFor()
    expect(sent).toEqual([])
    await title.fill('新的商机')
    await page.keyboard.press('Enter')
    const said = widget('new').locator('[data-test=widget-saved]')
    await said.waitFor()
    expect(sent).toMatchObject([{ fields: { title: '新的商机', stage: 'talking' } }])
    expect(await said.locator('a').getAttribute('href')).toBe('/records/crm.deal/799')
    expect(await title.inputValue()).toBe('')
  })

  it('starts a process, says so, and is empty again', async () => {
    await page.route('**/api/v1/instances', (route) => (route.request().method() === 'POST' ? route.fulfill({ json: { id: '301' } }) : route.fallback()))
    await open()
    const form = widget('leave')
    await form.locator('[data-test=field-kind] .el-select').click()
    await page.locator('.el-select-dropdown__item:visible').first().click()
    await form.locator('[data-test=field-from] input').fill('2026-12-01')
    await page.keyboard.press('Tab')
    await form.locator('[data-test=field-days] input').fill('2')
    await form.locator('[data-test=start-submit]').click()
    await form.locator('[data-test=widget-started] a').waitFor()
    expect(await form.locator('[data-test=field-days] input').inputValue()).toBe('')
  })
})

describe('a frame on a page', () => {
  const frame = () => page.frameLocator('[data-test=frame]')

  it('is told language and theme, asks through its port, and opens a record only when it was touched', async () => {
    const asked = page.waitForRequest('**/api/v1/plugin-pages/own.desk/frames/map/calls')
    await open()
    await frame().locator('#told').getByText('zh-CN light').waitFor()
    await frame().locator('#said').getByText('frame.not-touched').waitFor()
    await frame().locator('#find').click()
    expect((await asked).postDataJSON()).toEqual({ call: 'find', entity: 'crm.deal', limit: 2 })
    // No digit is lost on the way.
    await frame().locator('#said').getByText('123456789012345678.25').waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await frame().locator('#told').getByText('zh-CN dark').waitFor()
    await frame().locator('#open').click()
    await page.waitForURL('**/records/crm.deal/701')
  })

  it('that is not there says so in words', async () => {
    await page.route('**/api/v1/plugin-pages/own.desk/frames/map', (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', json: {
      title: '', status: 404, code: 'frame.no-file', detail: { zh: '插件文件里没有 pages/map.html。', en: 'It is not there.' }, fields: [] } }))
    await open()
    await widget('map').getByText('pages/map.html').waitFor()
    expect(await page.locator('[data-test=frame]').count()).toBe(0)
  })
})

for (const view of looks([{ name: 'desk' }], 'desk')) {
  it(`has no barrier: ${view.name}`, async () => {
    const context = await contextOf(browser, view)
    const looked = await context.newPage()
    const faults = faultsOf(looked)
    await looked.goto(`${server.address}/pages/own.desk`)
    for (const ready of ['[data-test=pie]', '[data-test=bars]', '[data-test=timeline]', '[data-test=report-table]', '[data-test=widget-form]', '[data-test=card]', '[data-test=tree-row]']) {
      await looked.locator(ready).first().waitFor()
    }
    await looked.frameLocator('[data-test=frame]').locator('#said').getByText('frame.').waitFor()
    await expectNoBarrier(looked, faults, `widgets-${view.name}`)
    await context.close()
  })
}
