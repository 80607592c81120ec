/** Reports of plugins and the company's figures, in a real browser. */
import { readFile } from 'node:fs/promises'
import { chromium, type Browser, type Page, type Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { table } from './fake/reports'
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

const open = (path: string) => page.goto(server.address + path)
const test = (name: string) => page.locator(`[data-test="${name}"]`)
const accounts = () => page.locator('[data-test=report-row] td:first-child').allTextContents()
const [first, second, third] = table.rows.map(([account]) => String(account)) as [string, string, string]

describe('a report', () => {
  it('is in the menu, computed at once, added up, sorted by the keyboard, and kept as a file', async () => {
    await open('/tasks')
    await test('menu-reports').click()
    await page.locator('[data-test=report][data-id="hello.by-account"]').click()
    await test('report-table').waitFor()
    expect(await page.title()).toContain('按账户')
    expect(await test('report-totals').locator('td').allTextContents()).toEqual(['合计（3 行）', '22', '1,298,900.75', ''])

    await test('sort-amount').focus()
    await page.keyboard.press('Enter')
    expect(await accounts()).toEqual([third, first, second])
    expect(await page.locator('th[aria-sort=ascending]').count()).toBe(1)
    await page.keyboard.press('Enter')
    expect(await accounts()).toEqual([second, first, third])
    await page.keyboard.press('Enter')
    expect(await accounts()).toEqual([first, second, third])

    const [file] = await Promise.all([page.waitForEvent('download'), test('report-csv').click()])
    expect(file.suggestedFilename()).toBe('按账户.csv')
    const text = await readFile(await file.path(), 'utf8')
    expect(text.split('\r\n')).toEqual([
      '\uFEFF账户,订单数,金额,已付清',
      `${first},12,48000.5,是`,
      `${second},3,1250000,否`,
      `'${third},7,900.25,`,
      '',
    ])
  })

  it('asks for what it needs first, and says where it was refused', async () => {
    const asked: unknown[] = []
    await page.route('**/api/v1/reports/hello.of-period', (route) => {
      asked.push(route.request().postDataJSON())
      if (asked.length > 1) return route.fallback()
      const wrong = { zh: '请正确填写“从”。', en: 'Fill in “From” correctly.' }
      const problem = { title: '', status: 422, code: 'input.wrong', detail: wrong, fields: [{ field: 'from', code: 'input.wrong', text: wrong }] }
      return route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(problem) })
    })
    await open('/reports/hello.of-period')
    await test('report-run').click()
    await test('report-problem').waitFor()
    expect(asked).toEqual([])

    await test('field-from').locator('input').fill('2026-01-01')
    await page.keyboard.press('Tab')
    await test('field-least').locator('input').fill('1,000.50')
    await test('report-run').click()
    await test('field-from').getByText('请正确填写“从”。').waitFor()
    expect(asked).toEqual([{ inputs: { from: '2026-01-01', least: 1000.5, open: false, customer: null } }])
    await test('report-run').click()
    await test('report-table').waitFor()
  })

  it('that nobody offers is said to be gone', async () => {
    await open('/reports/hello.none')
    await page.getByText('没有这个报表').waitFor()
  })

  it('is not in the menu where there are none', async () => {
    await page.route('**/api/v1/reports', (route) => route.fulfill({ json: { items: [], next: null } }))
    await open('/tasks')
    await test('menu-tasks').waitFor()
    await page.locator('[data-test^=menu-records]').first().waitFor()
    expect(await test('menu-reports').count()).toBe(0)
  })
})

describe('the figures of the company', () => {
  const total = (id: string) => page.locator(`[data-test=total][data-id="${id}"]`)
  const asks = (request: Request) => new URL(request.url()).pathname.endsWith('/totals/own.sales')

  it('stand beside the to-dos, of the nearest period first', async () => {
    const nearest = page.waitForRequest(asks)
    await open('/tasks')
    expect(new URL((await nearest).url()).searchParams.get('period')).toMatch(/^\d{4}-\d{2}$/)
    await total('own.sales').getByText('¥1,298,900.75').waitFor()
    await total('own.large').getByText('17').waitFor()
    expect(await total('own.large').locator('button').count()).toBe(0)

    const whole = page.waitForRequest(asks)
    await total('own.sales').locator('[data-test=period-all]').click()
    expect(new URL((await whole).url()).searchParams.has('period')).toBe(false)
    expect(await total('own.sales').locator('[aria-pressed=true]').textContent()).toContain('全部')

    await test('task').first().click()
    await test('totals').waitFor({ state: 'detached' })
  })

  it('are nowhere for those who may see none', async () => {
    await page.route('**/api/v1/totals', (route) => route.fulfill({ json: { items: [], next: null } }))
    const answered = page.waitForResponse('**/api/v1/totals')
    await open('/tasks')
    await (await answered).finished()
    await test('task').first().waitFor()
    expect(await test('totals').count()).toBe(0)
  })
})
