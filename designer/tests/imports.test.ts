/** Importing and exporting in a real browser: every step without barriers, and what is asked of the server. */
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

const path = '/records/crm.deal/import'
const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'import-file', path, ready: '[data-test=former-import]' },
  {
    name: 'import-mapping',
    path: `${path}/31`,
    ready: '[data-test=import-column-3]',
    act: async (page) => {
      await page.click('[data-test=import-preview]')
      await page.locator('[data-test=preview-row]').first().waitFor()
    },
  },
  { name: 'import-checked', path: `${path}/32`, ready: '[data-test=import-run]' },
  { name: 'import-running', path: `${path}/33`, ready: '[data-test=import-progress]' },
  { name: 'import-done', path: `${path}/34`, ready: '[data-test=import-undo]' },
  { name: 'import-undone', path: `${path}/35`, ready: '[data-test=import-kept]' },
  { name: 'import-stopped', path: `${path}/36`, ready: '[data-test=import-reason]' },
]

describe.each(looks(places, 'import-mapping'))('$name', ({ places: shown, ...view }) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await contextOf(browser, view)
  })
  afterAll(() => context?.close())

  it.each(shown)('$name', async ({ name, path: address, ready, act }) => {
    const page = await context.newPage()
    try {
      const faults = faultsOf(page)
      await page.goto(server.address + address)
      await page.locator(ready).first().waitFor()
      await act?.(page)
      await expectNoBarrier(page, faults, `${name}-${view.name}`)
    } finally {
      await page.close()
    }
  })
})

describe('an import', () => {
  let page: Page
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  })
  afterEach(() => page.context().close())

  const open = (address: string) => page.goto(server.address + address)
  const test = (name: string) => page.locator(`[data-test="${name}"]`)
  const option = (name: string) => page.getByRole('option', { name, exact: true }).locator('visible=true').click()
  const sent = (end: string): Promise<Request> =>
    page.waitForRequest((request) => request.method() === 'POST' && new URL(request.url()).pathname.endsWith(end))

  it('goes from the list to its end, step by step', async () => {
    await open('/records/crm.deal')
    await test('record-import').click()
    const begun = sent('/records/crm.deal/imports')
    await test('import-file').setInputFiles({ name: '商机.csv', mimeType: 'text/csv', buffer: Buffer.from('名称\n甲\n') })
    expect((await begun).postDataJSON()).toEqual({ file: 'new1', name: '商机.csv' })
    await page.waitForURL('**/records/crm.deal/import/31')

    // What was suggested stands there; another field for the last column, and a key for records that are there.
    await test('import-field-3').click()
    await option('背景')
    await test('import-mode').click()
    await option('有则更新，没有则新建')
    const previewed = sent('/imports/31/preview')
    await test('import-preview').click()
    expect((await previewed).postDataJSON()).toEqual({
      columns: ['title', 'stage', 'amount', 'story'],
      mode: 'both',
      key: 'title',
      duplicates: 'refuse',
      owner: null,
      clear_empty: false,
      start_processes: false,
    })
    await page.locator('[data-test=preview-row]', { hasText: '不在可选范围内' }).waitFor()

    const checked = sent('/imports/31/check')
    await test('import-check').click()
    await checked
    expect(await test('import-count-failed').textContent()).toContain('20')
    const run = sent('/imports/31/run')
    await test('import-run').click()
    expect((await run).postDataJSON()).toMatchObject({ columns: ['title', 'stage', 'amount', null] })
    await page.locator('[data-test=import-state][data-state=done]').waitFor()
    expect(await test('import-failure-reason').first().innerText()).toContain('共 14 行，例如第 3、9、12、40、41 行')
    expect(await test('import-failures').getAttribute('href')).toBe('/api/v1/imports/31/failures?format=xlsx')
  })

  it('is undone once one is sure', async () => {
    await open(`${path}/34`)
    await test('import-undo').click()
    const undone = sent('/imports/34/undo')
    await page.locator('.el-message-box .el-button--danger').click()
    await undone
    expect(await test('import-kept').count()).toBe(2)
  })

  it('that goes on can be cancelled', async () => {
    await open(`${path}/33`)
    const cancelled = sent('/imports/33/cancel')
    await test('import-cancel').click()
    await cancelled
    await page.locator('[data-test=import-state][data-state=stopped]').waitFor()
  })

  it('of which not all columns fit says so', async () => {
    await open(`${path}/31`)
    await test('import-field-0').hover()
    await test('import-field-0').locator('.el-select__clear').click()
    expect(await test('import-missing').textContent()).toContain('名称')
  })

  it('has a way back: what a list shows, as a file', async () => {
    await open('/records/crm.deal?sort=-amount&q=机房')
    await test('record').first().waitFor()
    const asked = page.waitForEvent('download')
    await test('record-export').click()
    await test('record-export-csv').click()
    const address = new URL((await asked).url())
    expect(address.pathname).toBe('/api/v1/records/crm.deal/export')
    expect(Object.fromEntries(address.searchParams)).toEqual({
      format: 'csv',
      q: '机房',
      sort: '-amount',
      columns: 'number,title,customer,stage,amount,due,team',
    })
  })
})
