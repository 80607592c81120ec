/** The flow designer in a real browser, against a server that answers from here. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page, type Route } from 'playwright'
import { expect } from 'vitest'
import { startFakeServer, type FakeServer } from './server'

const quoteApproval = readFileSync(join(import.meta.dirname, '../../../workflows/quote-approval/quote-approval.bpmn'), 'utf8')

/** The same words in both languages. */
export const both = (zh: string) => ({ zh, en: zh })

const me = {
  id: '1', login: 'admin', name: '王敏', language: 'zh-CN', roles: ['administrator'], administrator: true,
  unread: { tasks: 0, pages: 0 }, demo: false,
} // prettier-ignore
const catalogue = {
  handlers: [{ name: 'quotes.mark-approved', label: both('标记为已批准'), inputs: [{ name: 'quote', label: both('报价'), kind: 'record', entity: 'quotes.quote', required: true }] }],
  assignee_rules: [{ name: 'customers.responsible', label: both('客户负责人'), inputs: [{ name: 'least', label: both('至少金额'), kind: 'number', required: false }] }],
  roles: [
    { code: 'finance-manager', name: '财务经理' },
    { code: 'general-manager', name: '总经理' },
    { code: 'hr', name: '人事' },
  ],
  departments: [],
  entities: [
    {
      id: 'quotes.quote',
      label: both('报价'),
      fields: [
        { path: 'number', label: both('编号'), type: 'auto-number' },
        { path: 'total', label: both('金额'), type: 'money' },
        { path: 'lines', label: both('明细'), type: 'lines' },
      ],
    },
  ],
}
const version = (number: number) => ({
  id: String(number), key: 'quote-approval', name: '报价审批', version: number,
  deployed_at: '2026-01-05T08:00:00Z', deployed_by: { id: '2', name: '李强' }, active_instances: 0,
}) // prettier-ignore

/** What the server was asked, and what it answers. */
export interface World {
  versions: number[]
  diagnostics: object[]
  conflict: boolean
  checked: string[]
  published: { base: string | null; xml: string; grants: unknown }[]
  /** What the checked model asks for. */
  grants: object[]
  faults: string[]
}

/** However busy the machine is. */
export const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 20_000 })

/** The settings, without where things stand: bpmn-js measures labels anew. */
export const settings = (xml: string | undefined) => xml?.replace(/<bpmndi:BPMNDiagram.*/s, '')

/** A browser and a server for all tests of a file. */
export function startStudio() {
  const parts: { server?: FakeServer; browser?: Browser } = {}
  return {
    parts,
    async up(): Promise<void> {
      parts.server = await startFakeServer()
      parts.browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      })
    },
    async down(): Promise<void> {
      await parts.browser?.close()
      await parts.server?.stop()
    },
  }
}

/** A page of its own for a test. */
export interface Studio {
  page: Page
  world: World
  test(name: string): Locator
  element(id: string): Locator
  open(path: string): Promise<void>
  openBlank(): Promise<void>
  choose(name: string, label: string): Promise<void>
  fill(name: string, text: string): Promise<void>
  /** The file as it was checked last, once it has this in it. */
  checked(part: string | RegExp): Promise<string>
  close(): Promise<void>
}

export async function openStudio({ parts }: ReturnType<typeof startStudio>): Promise<Studio> {
  const { server, browser } = parts
  if (!server || !browser) throw new Error('the browser was not started')
  const world: World = { versions: [1], diagnostics: [], conflict: false, checked: [], published: [], grants: [], faults: [] }
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'zh-CN' })
  page.on('pageerror', (error) => world.faults.push(String(error)))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) world.faults.push(message.text())
  })
  await page.route('**/api/v1/session', (route) => route.fulfill({ json: me }))
  await page.route('**/api/v1/catalogue', (route) => route.fulfill({ json: catalogue }))
  await page.route('**/api/v1/rules/*', (route) => rulePage(route))
  await page.route(/\/api\/v1\/definitions/, (route) => answer(world, route))

  const test = (name: string) => page.locator(`[data-test="${name}"]`)
  return {
    page,
    world,
    test,
    element: (id) => page.locator(`[data-element-id="${id}"] .djs-hit`).first(),
    async open(path) {
      await page.goto(server.address + path)
      await eventually(() => world.checked.length).toBe(1)
    },
    async openBlank() {
      await page.goto(`${server.address}/flow/new`)
      await test('new-blank').click()
    },
    async choose(name, label) {
      await test(name).click()
      await page.locator('.el-select-dropdown__item:visible', { hasText: label }).first().click()
    },
    async fill(name, text) {
      const input = test(name).and(page.locator('input, textarea')).or(test(name).locator('input, textarea'))
      await input.first().fill(text)
      await input.first().press('Tab')
    },
    async checked(part) {
      const found = () => {
        const xml = world.checked.at(-1) ?? ''
        return typeof part === 'string' ? xml.includes(part) : part.test(xml)
      }
      await expect.poll(() => found() || settings(world.checked.at(-1)), { timeout: 15_000 }).toBe(true)
      return world.checked.at(-1) ?? ''
    },
    async close() {
      expect(world.faults).toEqual([])
      await page.context().close()
    },
  }
}

/** The page as the server would answer it, from the rules of the check themselves. */
function rulePage(route: Route): Promise<void> {
  const rule = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1) ?? '')
  const file = join(import.meta.dirname, '../../../engine/model/rules', `${rule}.md`)
  if (existsSync(file)) return route.fulfill({ contentType: 'text/markdown; charset=utf-8', body: readFileSync(file, 'utf8') })
  const problem = { title: '', status: 404, code: 'rule.unknown', detail: both('没有这条检查规则的说明页') }
  return route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(problem) })
}

function answer(world: World, route: Route): Promise<void> {
  const request = route.request()
  const url = new URL(request.url())
  const body = request.postData() ?? ''
  if (url.pathname.endsWith('/check')) {
    world.checked.push(body)
    return route.fulfill({ json: { diagnostics: world.diagnostics, grants: world.grants } })
  }
  if (url.pathname.endsWith('/xml')) return route.fulfill({ contentType: 'application/xml', body: quoteApproval })
  if (request.method() === 'GET') {
    const key = url.searchParams.get('key') ?? 'quote-approval'
    const items = key === 'quote-approval' ? world.versions.map(version) : []
    return route.fulfill({ json: { items, next: null } })
  }
  if (world.conflict) {
    world.versions = [2, 1]
    const problem = { title: '', status: 409, code: 'definition.conflict', detail: both('已有新版本') }
    return route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  }
  const grants: unknown = JSON.parse(url.searchParams.get('grants') ?? 'null')
  world.published.push({ base: url.searchParams.get('base'), xml: body, grants })
  return route.fulfill({ status: 201, json: { id: '9', key: 'x', version: 2, diagnostics: [] } })
}
