/** What people do at the workbench, in a real browser. */
import { chromium, type Browser, type Page, type Request } from 'playwright'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { startFakeServer, type FakeServer } from './fake/server'
import { samples } from './fake/samples'

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
const sent = (method: string, end: string): Promise<Request> =>
  page.waitForRequest((request) => request.method() === method && request.url().endsWith(end))

describe('signing in elsewhere', () => {
  it('goes there with the page to come back to, and says what went wrong', async () => {
    await open('/sign-in?problem=unlinked&next=%2Ftasks%2F101')
    await test('sign-in-problem').filter({ hasText: 'not connected with anybody here' }).waitFor()
    expect(await test('sign-in-elsewhere').getAttribute('href')).toBe('/api/v1/sign-in/wecom.wecom?to=%2Ftasks%2F101')
    // What is no problem that the server names is never shown as it stands in the address.
    await open('/sign-in?problem=%3Cb%3Ecall%20us%3C/b%3E&next=//evil.test')
    await test('sign-in-problem').filter({ hasText: 'gave no usable answer' }).waitFor()
    expect(await test('sign-in-elsewhere').getAttribute('href')).toBe('/api/v1/sign-in/wecom.wecom')
  })

  it('is connected in the account menu', async () => {
    await open('/tasks')
    await test('account-connections').first().click()
    await test('connection-begin').click()
    await page.waitForURL('**/messages?went=away')
    await open('/tasks?connection=taken')
    await page.getByText('已连接到另一个人').waitFor()
    await page.waitForURL((url) => url.pathname === '/tasks' && url.search === '')
  })
})

describe('to-dos', () => {
  it('are gone through and decided by keyboard alone', async () => {
    await open('/tasks')
    await test('task').first().waitFor()
    await page.keyboard.press('j')
    await test('task-approve').waitFor()
    await page.keyboard.press('j')
    await page.waitForURL('**/tasks/102')
    await page.keyboard.press('k')
    await page.waitForURL('**/tasks/101')
    await test('task-approve').waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.keyboard.type('同意，jk')
    const request = sent('POST', '/tasks/101/complete')
    await page.keyboard.press('Control+Enter')
    expect((await request).postDataJSON()).toEqual({ decision: 'approve', comment: '同意，jk', variables: {} })
    await page.waitForURL('**/tasks/102') // the next one is at hand
  })

  it('send only the field that was changed, with the version it was read in', async () => {
    await open('/tasks/101')
    await test('field-remark').locator('textarea').fill('改过')
    await test('task-approve').click()
    const request = sent('POST', '/tasks/101/complete')
    await test('task-confirm').click()
    expect((await request).postDataJSON()).toEqual({
      decision: 'approve',
      variables: {},
      record: { version: 3, fields: { remark: '改过' } },
    })
  })

  it('and their count move by themselves, while what is being typed stays', async () => {
    await open('/tasks/101')
    await test('field-remark').locator('textarea').fill('还没写完')
    const me = samples['/session'] as object
    await page.route('**/api/v1/session', (route) => route.fulfill({ json: { ...me, unread: { tasks: 12, pages: 0 } } }))
    server.hint('task')
    await page.locator('[data-test=menu-tasks]', { hasText: '12' }).waitFor()
    expect(await test('field-remark').locator('textarea').inputValue()).toBe('还没写完')
    expect(await page.title()).toContain('(12)')
  })
})

it('what was entered and not sent is back after a reload, and gone when discarded', async () => {
  await open('/records/quotes.quote/901')
  await test('record-edit').click()
  await test('line-add').click()
  await test('cell-product').last().locator('input').fill('机柜')
  page.on('dialog', (dialog) => dialog.accept()) // the browser's own question before leaving
  await page.reload()
  await test('record-edit').click()
  expect(await test('cell-product').last().locator('input').inputValue()).toBe('机柜')
  await test('form-discard').click()
  expect(await test('cell-product').count()).toBe(2)
})

it('a page stays on every screen until it is opened', async () => {
  await open('/mine')
  await test('page-popup').waitFor()
  await test('menu-done').click()
  await test('done-task').first().waitFor()
  const read = sent('POST', '/pages/61/read')
  await test('page-open').click()
  await page.waitForURL('**/tasks/102')
  expect((await read).headers()['x-kapok']).toBe('1')
})

it('a refused record says what is wrong in the cell where it is wrong, and keeps what was entered', async () => {
  await open('/records/quotes.quote/new')
  await test('field-title').locator('input').fill('新报价')
  await test('field-customer').locator('input').click()
  await page.getByRole('option', { name: '苏州恒远机械有限公司' }).click()
  await test('line-add').click()
  await test('cell-product').locator('input').fill('服务器')
  await test('cell-quantity').locator('input').fill('0')
  await test('cell-price').locator('input').fill('99,999,999,999,999.99')
  const request = sent('POST', '/records/quotes.quote')
  await test('record-save').click()
  expect((await request).postData()).toContain('"price":99999999999999.99')
  await page.locator('[data-test=cell-quantity]', { hasText: '数量必须大于 0' }).waitFor()
  expect(await test('field-title').locator('input').inputValue()).toBe('新报价')
})

it('a session that has ended leads to signing in, and from there back', async () => {
  await open('/done')
  await test('done-task').first().waitFor()
  await page.route('**/api/v1/session', (route) =>
    route.request().method() === 'GET' ? route.fulfill({ status: 401, json: {} }) : route.fallback(),
  )
  server.hint('task')
  await test('demo-p0').click()
  await test('done-task').first().waitFor()
  expect(page.url()).toBe(`${server.address}/done`)
})

it('signing out forgets where one was', async () => {
  await open('/mine')
  await test('sign-out').click()
  await test('sign-in').waitFor()
  expect(page.url()).toBe(`${server.address}/sign-in`)
})

it('signing in leads to where one wanted to go, and nowhere else', async () => {
  await open('/sign-in?next=//evil.example')
  await test('demo-p0').click()
  await test('task').first().waitFor()
  expect(page.url()).toBe(`${server.address}/tasks`)
  await open('/sign-in?next=/mine')
  await test('demo-p0').click()
  await test('case').first().waitFor()
  expect(page.url()).toBe(`${server.address}/mine`)
})
