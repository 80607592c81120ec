/** Somebody at a browser of their own. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { AxeResults, RunOptions } from 'axe-core'
import { chromium, type Browser, type Locator, type Page } from 'playwright'
import { expect } from 'vitest'
import { PASSWORD } from './kapok'

declare global {
  interface Window {
    axe: { run: (options: RunOptions) => Promise<AxeResults> }
  }
}

const pictures = resolve(import.meta.dirname, '../../test-results')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** An answer that refuses is an answer; only the browser calls it an error. */
const refusal = /the server responded with a status of 4\d\d/
/** What a browser says while the server is away. */
const outage = /net::ERR_|the server responded with a status of 50[234]|Failed to fetch/

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['KAPOK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export class Person {
  /** Errors, warnings and violations of the content security policy. */
  readonly faults: string[] = []
  /** The server will be away for a while, on purpose. */
  toleratesOutage = false

  private constructor(
    readonly page: Page,
    private readonly address: string,
  ) {
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => {
      const text = message.text()
      const isExpected = refusal.test(text) || (this.toleratesOutage && outage.test(text))
      if (['error', 'warning'].includes(message.type()) && !isExpected) this.faults.push(text)
    })
  }

  static async arrive(browser: Browser, address: string, size = { width: 1280, height: 800 }): Promise<Person> {
    const context = await browser.newContext({ viewport: size, locale: 'zh-CN', reducedMotion: 'reduce' })
    context.setDefaultTimeout(20_000)
    return new Person(await context.newPage(), address)
  }

  static async signedIn(browser: Browser, address: string, login: string, size?: { width: number; height: number }): Promise<Person> {
    const person = await Person.arrive(browser, address, size)
    await person.open('/sign-in')
    await person.signIn(login, PASSWORD)
    await person.page.waitForURL('**/tasks')
    return person
  }

  async signIn(login: string, password: string): Promise<void> {
    await this.test('sign-in-login').fill(login)
    await this.test('sign-in-password').fill(password)
    await this.test('sign-in').click()
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.address + path)
  }

  /** The elements with this `data-test`. */
  test(name: string): Locator {
    return this.page.locator(`[data-test="${name}"]`)
  }

  /** What a list that is open offers. */
  option(name: string): Locator {
    return this.page.getByRole('option', { name, exact: true }).filter({ visible: true })
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    await this.page.screenshot({ path: join(pictures, `${name}.png`) })
  }

  /** What would keep somebody from using the page: serious and critical findings of axe. */
  async barriers(): Promise<string[]> {
    // Evaluated through the debugger, which the policy of the page does not concern.
    await this.page.evaluate(axe)
    const { violations } = await this.page.evaluate(() =>
      window.axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }),
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
  }

  /** By how many pixels the page is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth))
  }

  async leave(): Promise<void> {
    await this.page.context().close()
    expect(this.faults, 'what the browser complained of').toEqual([])
  }
}
