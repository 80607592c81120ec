/** What somebody does with mouse and keyboard, counted: one for each press of a button or key, and for each text typed. */
import type { Locator, Page } from 'playwright'

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
    const box = await target.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect)
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 8 })
    await this.page.mouse.down()
    await this.page.mouse.up()
  }
}
