/** What people do with records, in a real browser: what is asked of the server, and what is shown of its answers. */
import { chromium, type Browser, type Page, type Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
})
afterEach(() => page.context().close())

const open = (path: string) => page.goto(server.address + path)
const test = (name: string) => page.locator(`[data-test="${name}"]`)
const option = (name: string) => page.getByRole('option', { name, exact: true }).locator('visible=true').click()
const sent = (method: string, end: string): Promise<Request> =>
  page.waitForRequest((request) => request.method() === method && new URL(request.url()).pathname.endsWith(end))
const asked = (part: string): Promise<Request> =>
  page.waitForRequest((request) => decodeURIComponent(request.url()).replaceAll('+', ' ').includes(part))

describe('a list', () => {
  it('is filtered by rows, and its address says so', async () => {
    await open('/records/crm.deal')
    await test('filter-open').click()
    await test('filter-0-field').click()
    await option('阶段')
    await test('filter-0-operator').click()
    await option('等于')
    await test('filter-0-value').click()
    const request = asked('filter={"all":[{"field":"stage","op":"=","value":"won"}]}')
    await option('赢单')
    await request
    await page.locator('[data-test=record]', { hasText: '产线改造' }).waitFor()
    expect(await test('record').count()).toBe(1)
    expect(decodeURIComponent(page.url())).toContain('filter={"all":[{"field":"stage"')
  })

  it('takes a person as oneself and a day as a distance from today', async () => {
    await open('/records/crm.deal')
    await test('filter-open').click()
    await test('filter-0-field').click()
    await option('负责人')
    await test('filter-0-value').click()
    const me = asked('{"field":"owner","op":"=","value":"$me"}')
    await option('我')
    await me
    await test('filter-add').click()
    await test('filter-1-field').click()
    await option('预计成交')
    await test('filter-1-value').locator('.el-select').click()
    const week = asked('{"field":"due","op":">","value":"$today-7d"}')
    await option('7 天前')
    await week
  })

  it('is sorted by its heads', async () => {
    await open('/records/crm.deal')
    await test('record').first().waitFor()
    for (const order of ['sort=amount', 'sort=-amount']) {
      const request = asked(order)
      await test('sort-amount').click()
      await request
    }
    expect(await page.locator('th[aria-sort=descending]').textContent()).toContain('金额')
  })

  it('is saved as a view of one’s own, without the words that were searched for', async () => {
    await open('/records/crm.deal?q=机房&sort=-amount')
    await test('view-save-as').click()
    await test('view-name').fill('大单优先')
    const request = sent('PUT', '')
    await test('view-save').click()
    const put = await request
    expect(new URL(put.url()).pathname).toMatch(/\/views\/crm\.deal\/view-\w+$/)
    expect(put.postDataJSON()).toEqual({
      label: { zh: '大单优先', en: '大单优先' },
      kind: 'list',
      filter: null,
      columns: ['number', 'title', 'customer', 'stage', 'amount', 'due', 'team'],
      sort: { field: 'amount', descending: true },
    })
  })

  it('has the columns one chooses', async () => {
    await open('/records/crm.deal')
    await test('list-more').click()
    await test('list-more-columns').click()
    await test('column-number').click()
    await test('column-owner').click()
    await test('columns-done').click()
    await page.locator('th', { hasText: '负责人' }).waitFor()
    expect(await page.locator('th', { hasText: '编号' }).count()).toBe(0)
  })

  it('lets a value be changed where it stands, with what it was', async () => {
    await open('/records/crm.deal')
    const cell = page.locator('[data-id="701"] [data-test=cell-amount]')
    await page.locator('[data-id="701"]').hover()
    await cell.locator('[data-test=cell-edit]').click()
    await cell.locator('input').fill('40,000')
    const request = sent('PATCH', '/records/crm.deal/701')
    await page.keyboard.press('Enter')
    expect((await request).postDataJSON()).toEqual({ version: 4, fields: { amount: 40000 }, base: { amount: 38000.5 } })
    await test('cell-editor').waitFor({ state: 'detached' })
  })

  it('does the same with many, and says for which it did not', async () => {
    await open('/records/crm.deal')
    await test('choose').nth(0).check()
    await test('choose').nth(2).check()
    await test('bulk-change').click()
    await test('bulk-field').click()
    await option('加急')
    await test('bulk-value').locator('.el-switch').click()
    const request = sent('POST', '/records/crm.deal/bulk')
    await test('bulk-confirm').click()
    expect((await request).postDataJSON()).toEqual({ ids: ['701', '703'], action: 'update', fields: { urgent: true } })
    await page.locator('[data-test=bulk-refused]', { hasText: '产线改造' }).waitFor()
    expect(await test('bulk-refused').textContent()).toContain('您不能修改这条记录')
  })

  it('shows the trash, and brings back', async () => {
    await open('/records/crm.deal')
    await test('list-more').click()
    const trash = asked('trash=true')
    await test('list-more-trash').click()
    await trash
    const request = sent('POST', '/records/crm.deal/704/restore')
    await test('restore').click()
    await request
  })
})

describe('a board', () => {
  it('moves a card by keyboard', async () => {
    await open('/records/crm.deal?view=board')
    await page.locator('[data-test=board-new] [data-test=card] a').focus()
    const request = sent('PATCH', '/records/crm.deal/702')
    await page.keyboard.press('Alt+ArrowRight')
    expect((await request).postDataJSON()).toEqual({ version: 4, fields: { stage: 'talking' }, base: { stage: 'new' } })
  })

  it('moves a card by hand', async () => {
    await open('/records/crm.deal?view=board')
    await page.locator('[data-test=board-talking] [data-id="701"]').waitFor()
    const request = sent('PATCH', '/records/crm.deal/701')
    await page.locator('[data-test=board-talking] [data-id="701"]').dragTo(test('board-lost'))
    expect((await request).postDataJSON()).toEqual({ version: 4, fields: { stage: 'lost' }, base: { stage: 'talking' } })
  })

  it('does not move what one may not change', async () => {
    await open('/records/crm.deal?view=board')
    const card = page.locator('[data-test=board-won] [data-id="703"]')
    await card.waitFor()
    expect([await card.getAttribute('draggable'), await card.locator('[data-test=card-move]').count()]).toEqual(['false', 0])
  })
})

it('a bar of the figures leads to what it counts', async () => {
  await open('/records/crm.deal?mode=statistics')
  await test('figures-group').click()
  const grouped = asked('group=stage')
  await option('阶段')
  await grouped
  const request = asked('filter={"field":"stage","op":"=","value":"talking"}')
  await test('figures-drill').first().click()
  await request
})

describe('a record', () => {
  it('of which both changed a field asks whose value stands, and saves that on what is there now', async () => {
    await open('/records/crm.deal/702')
    await test('record-edit').click()
    await test('field-title').locator('input').fill('我的名称')
    await test('field-mail').locator('input').fill('new@example.com')
    const read = (await (await page.request.get(`${server.address}/api/v1/records/crm.deal/702`)).json()) as { fields: object }
    await page.route('**/records/crm.deal/702', (route) =>
      route.request().method() === 'GET'
        ? route.fulfill({ json: { ...read, version: 9, fields: { ...read.fields, title: '别人的名称' } } })
        : route.fallback(),
    )
    await test('record-save').click()
    await test('conflict-title-theirs').check()
    const request = sent('PATCH', '/records/crm.deal/702')
    await test('conflict-settle').click()
    expect((await request).postDataJSON()).toEqual({
      version: 9,
      fields: { mail: 'new@example.com' },
      base: { mail: 'wang@example.com' },
    })
  })

  it('that may exist already is saved once one has looked', async () => {
    await open('/records/crm.deal/new')
    await test('field-title').locator('input').fill('年度维保')
    const first = sent('POST', '/records/crm.deal')
    await test('record-save').click()
    expect((await first).postDataJSON()).toEqual({ fields: { title: '年度维保', urgent: false } })
    await test('duplicates').waitFor()
    const again = sent('POST', '/records/crm.deal')
    await test('duplicates-save').click()
    expect((await again).postDataJSON()).toEqual({ fields: { title: '年度维保', urgent: false }, ignore_duplicates: true })
  })

  it('takes files, a region, an address and formatted text', async () => {
    await open('/records/crm.deal/701')
    await test('record-edit').click()
    const upload = sent('POST', '/files')
    await test('field-papers').locator('[data-test=file-input]').setInputFiles({ name: '合同.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') })
    const headers = (await upload).headers()
    expect([headers['x-kapok'], decodeURIComponent(headers['x-file-name'] ?? ''), headers['content-type']]).toEqual(['1', '合同.pdf', 'application/pdf'])
    await page.locator('[data-test=field-papers] [data-test=file]', { hasText: '合同.pdf' }).waitFor()
    await test('field-region').locator('[data-test=tree-open]').click()
    await test('tree-up').click()
    await test('tree-nt').click()
    await test('address-detail').fill('人民路 2 号')
    await page.locator('[data-test=field-story] [contenteditable]').fill('一句话')
    const request = sent('PATCH', '/records/crm.deal/701')
    await test('record-save').click()
    const { fields } = (await request).postDataJSON() as { fields: Record<string, unknown> }
    expect(fields).toMatchObject({
      region: 'nt',
      address: { region: 'gsq', detail: '人民路 2 号', postcode: '215000' },
      story: '<h2>一句话</h2>', // where the heading stood
      papers: [{ file: 'abc' }, { file: 'new1', name: '合同.pdf', size: 2048, type: 'application/pdf' }],
    })
    expect(Object.keys(fields).sort()).toEqual(['address', 'papers', 'region', 'story'])
  })

  it('is shared until a day, and no longer', async () => {
    await open('/records/crm.deal/701')
    await test('tab-shares').click()
    await test('share-to').click()
    await option('王丽销售部')
    await page.getByPlaceholder('长期有效').fill('2027-01-31')
    await page.keyboard.press('Enter')
    const request = sent('POST', '/records/crm.deal/701/shares')
    await test('share-add').click()
    expect((await request).postDataJSON()).toEqual({ to: { person: '11' }, level: 'read', until: '2027-01-31', reason: '' })
    const end = sent('DELETE', '/records/crm.deal/701/shares/2')
    await test('share-remove').nth(1).click()
    await end
  })

  it('is merged into another, with the values one chooses', async () => {
    await open('/records/crm.deal')
    await test('choose').nth(0).check()
    await test('choose').nth(1).check()
    await test('bulk-merge').click()
    await test('merge-keep-702').check()
    await test('merge-amount-701').check()
    const request = sent('POST', '/records/crm.deal/merge')
    await test('merge-do').click()
    expect((await request).postDataJSON()).toEqual({ keep: '702', others: ['701'], fields: { amount: 38000.5 } })
  })

  it('leads to a new one that belongs to it', async () => {
    await open('/records/crm.deal/701')
    await test('tab-related-quotes').click()
    await test('related-new').click()
    await page.waitForURL('**/records/quotes.quote/new?set=*')
    expect(JSON.parse(new URL(page.url()).searchParams.get('set') ?? '')).toEqual({ deal: '701' })
  })
})

it('the search finds any record by keyboard', async () => {
  await open('/mine')
  await test('case').first().waitFor()
  await page.keyboard.press('Control+k')
  await page.locator('[data-test=search-hit]', { hasText: '机房扩容' }).waitFor() // marked with a star
  await test('search-words').fill('hy')
  await page.locator('[data-test=search-hit]', { hasText: '苏州恒远机械有限公司' }).last().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/records/crm.customer/501')
})
