/**
 * Every main page of the workbench in a real browser: without an accessibility fault, without a violation of the content
 * security policy, without an error, wide and narrow. With `SCREENSHOTS=folder` it also leaves a picture of each.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults, RunOptions } from 'axe-core'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeServer } from './fake/server'
import { bad, fresh } from './fake/system'

declare global {
  interface Window {
    axe: { run: (options: RunOptions) => Promise<AxeResults> }
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = process.env['SCREENSHOTS']

let server: Awaited<ReturnType<typeof startFakeServer>>
let browser: Browser

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] })
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

interface View {
  name: string
  width: number
  height: number
  dark: boolean
  language: 'zh-CN' | 'en'
}

const views: View[] = [
  { name: 'wide', width: 1280, height: 800, dark: false, language: 'zh-CN' },
  { name: 'phone-dark', width: 360, height: 740, dark: true, language: 'zh-CN' },
  { name: 'wide-dark-en', width: 1280, height: 800, dark: true, language: 'en' },
  { name: 'phone-en', width: 360, height: 740, dark: false, language: 'en' },
]

const places: { name: string; path: string; ready: string; act?: (page: Page) => Promise<unknown> }[] = [
  { name: 'sign-in', path: '/sign-in', ready: '[data-test=demo-p0]' },
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

async function contextOf(view: View): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  // The signed-in person speaks this language.
  await context.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), language: view.language } })
  })
  await context.addInitScript((language) => localStorage.setItem('kapok.language', language), view.language)
  return context
}

async function open(context: BrowserContext): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  return { page, faults }
}

describe.each(views)('$name', (view) => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await contextOf(view)
  })
  afterAll(() => context?.close())

  it.each(places)('$name', async ({ name, path, ready, act }) => {
    const { page, faults } = await open(context)
    await page.goto(server.address + path)
    await page.locator(ready).first().waitFor()
    await act?.(page)
    for (const shadow of await page.locator('.skeleton').all()) await shadow.waitFor({ state: 'detached' })
    if (pictures) {
      mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: join(pictures, `${name}-${view.name}.png`) })
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    // Evaluated through the debugger, which the policy of the page does not concern.
    await page.evaluate(axe)
    const results = await page.evaluate(() =>
      window.axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }),
    )
    const violations = results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ''}`).join(' | ')}`,
    )
    await page.close()
    expect({ violations, faults, overflow: Math.max(0, overflow) }).toEqual({ violations: [], faults: [], overflow: 0 })
  })
})
