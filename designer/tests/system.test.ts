/** What the page about the server says, in a real browser. */
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { SystemView } from '../src/api/types'
import { forgotten, topics } from './fake/reports'
import { startFakeServer, type FakeServer } from './fake/server'
import { bad, fresh, quiet } from './fake/system'

let server: FakeServer
let browser: Browser
let page: Page
/** What the server says when it is asked next; `null`: nothing. */
let says: SystemView | null
let asked: number

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  says = quiet
  asked = 0
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  await page.route('**/api/v1/system', async (route) => {
    asked += 1
    await (says ? route.fulfill({ json: says }) : route.abort())
  })
})
afterEach(() => page.context().close())

const open = () => page.goto(`${server.address}/admin/system`)
const test = (name: string) => page.locator(`[data-test="${name}"]`)
const words = async (name: string) => (await test(name).textContent()) ?? ''

it('is in the menu of administrators', async () => {
  await page.goto(`${server.address}/tasks`)
  await test('menu-system').click()
  await page.waitForURL('**/admin/system')
  await test('system-work').waitFor()
})

it('a quiet day has nothing that calls', async () => {
  await open()
  expect(await test('system-work').getAttribute('data-health')).toBe('writable')
  expect(await test('system-backup').getAttribute('data-state')).toBe('good')
  expect(await words('backup-last')).toContain('6小时前')
  expect(await words('disk-left')).toContain('约 212 天')
  expect(await words('disk-newest')).toContain('到第 12,000 次保存为止，之后又保存了 340 次')
  const disk = await words('system-disk')
  for (const size of ['19.1 GiB', '300 MiB', '64 MiB', '21.4 MiB', '180 MiB', '35 MiB']) expect(disk).toContain(size)
  expect(await page.locator('[role=alert], .calls, .amber').count()).toBe(0)
})

it('without backups it says which lines to add', async () => {
  says = fresh
  await open()
  const setup = await words('backup-setup')
  for (const line of ['[backup]', 'at = "02:30"', 'keep = 7', 'to = "/mnt/backup"', '--config']) {
    expect(setup).toContain(line)
  }
  expect(await words('disk-newest')).toContain('还没有')
})

it('a bad day says what is wrong and why', async () => {
  says = bad
  await open()
  expect(await words('system-reason')).toContain('磁盘已满')
  expect(await words('system-overdue')).toContain('10,000 或更多')
  expect(await words('backup-failed')).toContain('不能写入 /mnt/backup')
  expect(await words('backup-last')).toContain('40天前')
  expect(await words('disk-left')).toContain('不到 1 天')
  expect(await words('snapshot-problem')).toContain('磁盘空间不够')
  await test('disk-few').waitFor()
  await test('outbox-trouble').waitFor()
})

it('reads anew every 10 seconds, and keeps what it knew when the server does not answer', async () => {
  await page.clock.install()
  await open()
  await test('system-work').waitFor()
  expect(asked).toBe(1)

  says = { ...quiet, health: 'failed' }
  await page.clock.runFor(10_000)
  await page.locator('[data-test=system-work][data-health=failed]').waitFor()

  says = null
  await page.clock.runFor(10_000)
  await test('load-problem').waitFor()
  expect(await test('system-work').getAttribute('data-health')).toBe('failed')

  says = quiet
  await page.clock.runFor(10_000)
  await test('load-problem').waitFor({ state: 'detached' })
  expect(asked).toBe(4)
})

it('topics that nobody asks for are called out, and the others say who asks', async () => {
  let said = forgotten
  await page.route('**/api/v1/external-tasks/topics', (route) => route.fulfill({ json: { items: said, next: null } }))
  await page.clock.install()
  await open()
  await test('topics-forgotten').waitFor()
  const topic = (id: string) => page.locator(`[data-test=topic][data-id="${id}"]`)
  expect(await topic('print-label').textContent()).toContain('等待 41')
  expect(await topic('print-label').textContent()).toContain('printer，4小时前来取')
  expect(await topic('rate-customer').textContent()).toContain('rating-1')
  expect(await topic('send-fax').textContent()).toContain('启动以来没有程序来取')
  expect(await page.locator('[data-test=topic][data-forgotten=true]').count()).toBe(1)

  said = topics
  await page.clock.runFor(10_000)
  await test('topics-forgotten').waitFor({ state: 'detached' })
  expect(await page.locator('[data-test=topic]').count()).toBe(1)
})

it('has no card of topics where there are none', async () => {
  await page.route('**/api/v1/external-tasks/topics', (route) => route.fulfill({ json: { items: [], next: null } }))
  await open()
  await test('system-outbox').waitFor()
  expect(await test('system-topics').count()).toBe(0)
})
