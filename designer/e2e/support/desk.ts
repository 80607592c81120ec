/** Records as people fill them in. */
import type { Locator } from 'playwright'
import type { Person } from './person'

export class Desk {
  constructor(private readonly person: Person) {}

  private field(id: string): Locator {
    return this.person.test(`field-${id}`)
  }

  async fill(field: string, text: string): Promise<void> {
    await this.field(field).locator('input, textarea').first().fill(text)
  }

  async day(field: string, day: string): Promise<void> {
    await this.fill(field, day)
    await this.person.page.keyboard.press('Enter')
  }

  /** One of a list. */
  async choose(field: string, option: string): Promise<void> {
    await this.field(field).locator('.el-select').click()
    await this.person.option(option).click()
  }

  /** A record found by what is typed. */
  async pick(field: string, typed: string, title: string): Promise<void> {
    const input = this.field(field).locator('input').first()
    await input.click()
    await input.fill(typed)
    await this.person.option(title).click()
  }

  /** A person by name. */
  async chooseFound(chooser: Locator, name: string): Promise<void> {
    const input = chooser.locator('input').first()
    await input.click()
    await input.fill(name)
    await this.person.page.getByRole('option', { name }).filter({ visible: true }).first().click()
  }

  /** An entry of a tree, found by its name and made a favourite. */
  async tree(field: string, name: string, id: string): Promise<void> {
    await this.field(field).locator('[data-test=tree-open]').click()
    const dialog = this.person.page.getByRole('dialog').filter({ visible: true })
    await dialog.locator('input').first().fill(name)
    await dialog.locator(`[data-test="favour-${id}"]`).click()
    await dialog.locator(`[data-test="tree-${id}"]`).click()
  }

  async search(words: string): Promise<void> {
    const input = this.person.page.locator('[data-test=record-search] input, input[data-test=record-search]').first()
    await input.fill(words)
    await input.press('Enter')
  }

  async tab(name: string): Promise<void> {
    await this.person.test(`tab-${name}`).click()
  }

  async save(): Promise<void> {
    await this.person.test('record-save').click()
    await this.person.test('record-edit').waitFor()
  }
}
