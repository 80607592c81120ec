/** Looking at a page as people do: wide and narrow, light and dark, in both languages; and what is wrong with it. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright'
import { expect } from 'vitest'

declare global {
  interface Window {
    axe: { run: (options: RunOptions) => Promise<AxeResults> }
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = process.env['SCREENSHOTS']

export interface View {
  name: string
  width: number
  height: number
  dark: boolean
  language: 'zh-CN' | 'en'
}

/** Between them both widths, both colours and both languages: every place is looked at so. */
const everywhere: View[] = [
  { name: 'wide', width: 1280, height: 800, dark: false, language: 'zh-CN' },
  { name: 'phone-dark-en', width: 360, height: 740, dark: true, language: 'en' },
]
/** The other ways around, which only some places need: a fault of colours or width alone is one of the shared parts. */
const sampled: View[] = [
  { name: 'wide-dark-en', width: 1280, height: 800, dark: true, language: 'en' },
  { name: 'phone', width: 360, height: 740, dark: false, language: 'zh-CN' },
]

/** How the places are looked at; those that are named in all four ways. */
export function looks<Place extends { name: string }>(places: Place[], ...inAll: string[]): (View & { places: Place[] })[] {
  const some = places.filter(({ name }) => inAll.includes(name))
  if (some.length < inAll.length) throw new Error(`not a place: ${inAll.filter((name) => !some.some((place) => place.name === name)).join()}`)
  return [...everywhere.map((view) => ({ ...view, places })), ...sampled.map((view) => ({ ...view, places: some }))]
}

export async function contextOf(browser: Browser, view: View): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    // The server is told what the signed-in person speaks: to change its answer here would turn off the browser's cache.
    extraHTTPHeaders: { 'X-Language': view.language },
  })
  await context.addInitScript((language) => {
    // A frame that is shut off has no storage.
    if (window.origin !== 'null') localStorage.setItem('kapok.language', language)
  }, view.language)
  return context
}

/** What the browser complains of on a page. */
export function faultsOf(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.text()} ${message.location().url}`)
  })
  return faults
}

/** Nothing keeps anybody from using the page, nothing is wider than the window, and the browser has no complaint. */
export async function expectNoBarrier(page: Page, faults: readonly string[], picture: string): Promise<void> {
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, `${picture}.png`) })
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
  expect({ violations, faults, overflow: Math.max(0, overflow) }).toEqual({ violations: [], faults: [], overflow: 0 })
}
