/** What somebody does with mouse and keyboard, counted: one for each press of a button or key, and for each text typed. */
import type { Locator, Page } from 'playwright'
import { vi } from 'vitest'

export class Hands {
  /** How much has been done. */
  actions = 0

  constructor(readonly page: Page) {}

  async click(target: Locator): Promise<void> {
    this.actions += 1
    await target.click()
  }

  /** Types into what has the focus, over what is selected there. */
  async type(text: string): Promise<void> {
    this.actions += 1
    await this.page.keyboard.insertText(text)
  }

  /** Goes into an input, and types over what is in it. */
  async fill(input: Locator, text: string): Promise<void> {
    this.actions += 2
    await input.click()
    await input.fill(text)
  }

  async press(key: string): Promise<void> {
    this.actions += 1
    await this.page.keyboard.press(key)
  }

  /**
   * A click in the middle of something drawn, coming from afar as a hand does: what is under way on a canvas follows the
   * pointer. A straight line has no height and is there to be clicked all the same.
   */
  async pointAt(target: Locator): Promise<void> {
    this.actions += 1
    const { x, y } = await vi.waitFor(() => target.evaluate(middleInView), { timeout: 10_000 })
    await this.page.mouse.move(x, y, { steps: 8 })
    await this.page.mouse.down()
    await this.page.mouse.up()
  }
}

/** Where the middle of an element is, once it keeps its place and nothing covers it. */
async function middleInView(element: Element): Promise<{ x: number; y: number }> {
  const middle = () => {
    const { x, y, width, height } = element.getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  }
  const before = middle()
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  const { x, y } = middle()
  if (x !== before.x || y !== before.y) throw new Error('it moves')
  if (document.elementFromPoint(x, y) !== element) throw new Error('something covers it')
  return { x, y }
}
