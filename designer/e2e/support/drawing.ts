/** The flow designer, as an administrator's hands find it. */
import type { Locator } from 'playwright'
import type { Hands } from './hands'

export class Drawing {
  constructor(private readonly hands: Hands) {}

  test(name: string): Locator {
    return this.hands.page.locator(`[data-test="${name}"]`)
  }

  /** The input of a setting. */
  input(name: string): Locator {
    return this.test(name).locator('input, textarea').or(this.hands.page.locator(`input[data-test="${name}"], textarea[data-test="${name}"]`))
  }

  /** A step by its name, or the name itself where it stands beside its step. */
  step(name: string): Locator {
    return this.hands.page.locator('.djs-shape').filter({ hasText: name }).locator('.djs-hit').first()
  }

  /** An element by its id. */
  element(id: string): Locator {
    return this.hands.page.locator(`[data-element-id="${id}"] .djs-hit`).first()
  }

  /** Draws the next step after the one that is selected. */
  async next(kind: string, name?: string): Promise<void> {
    await this.hands.click(this.test(`append-${kind}`))
    if (name !== undefined) await this.name(name)
  }

  async name(name: string): Promise<void> {
    await this.hands.fill(this.input('name'), name)
  }

  /** Opens the list of next steps, where it is not open by itself. */
  async openNext(): Promise<void> {
    await this.hands.click(this.test('pad-append'))
  }

  /** Connects the step that is selected to another. */
  async connectTo(step: Locator): Promise<void> {
    await this.hands.click(this.test('pad-connect'))
    await this.hands.pointAt(step)
  }

  async choose(list: string, option: string): Promise<void> {
    await this.hands.click(this.test(list))
    const options = this.hands.page.getByRole('option', { name: option, exact: true })
    await this.hands.click(options.filter({ visible: true }))
  }

  /** A condition row: field, comparison, value. */
  async condition(field: string, operator: string, value: string): Promise<void> {
    await this.choose('condition-0-field', field)
    await this.choose('condition-0-operator', operator)
    await this.hands.fill(this.input('condition-0-value'), value)
    await this.hands.press('Enter')
  }

  /** A role as the approver or recipient of the step that is selected. */
  async role(rules: 'assignees' | 'recipients', role: string): Promise<void> {
    const kind = this.test(`${rules}-0-kind`)
    if (!(await kind.textContent())?.includes('角色')) await this.choose(`${rules}-0-kind`, '角色')
    await this.choose(`${rules}-0-value`, role)
  }
}
