/** Shaping data and roles by mouse, as an administrator's hands find it. */
import type { Locator } from 'playwright'
import type { Hands } from './hands'
import type { Person } from './person'

export class Shaping {
  constructor(
    private readonly admin: Person,
    private readonly hands: Hands,
  ) {}

  private shown(name: string): Locator {
    return this.admin.test(name).filter({ visible: true })
  }

  /** A new kind of data, whose id is in the address then. */
  async newEntity(name: string): Promise<string> {
    await this.hands.click(this.admin.test('menu-data'))
    await this.hands.click(this.admin.test('new-entities'))
    await this.hands.fill(this.admin.test('new-name'), name)
    await this.hands.click(this.admin.test('new-create'))
    await this.admin.test('field').first().waitFor()
    return decodeURIComponent(new URL(this.admin.page.url()).pathname.split('/').at(-1) ?? '')
  }

  async addField(type: string, name: string, more?: () => Promise<void>): Promise<void> {
    await this.hands.click(this.admin.test('field-add'))
    await this.hands.click(this.shown(`type-${type}`))
    await this.rename(name)
    await more?.()
    await this.hands.click(this.shown('field-done').last())
    await this.admin.test('field-done').first().waitFor({ state: 'detached' })
  }

  async addColumn(type: string, name: string): Promise<void> {
    await this.hands.click(this.admin.test('column-add'))
    await this.hands.click(this.shown(`type-${type}`).last())
    await this.rename(name)
    await this.hands.click(this.admin.page.locator('[data-test=column] [data-test=field-done]'))
  }

  private async rename(name: string): Promise<void> {
    await this.hands.fill(this.shown('field-label').last(), name)
    await this.hands.press('Tab')
  }

  /** A new role, which is chosen then. */
  async newRole(name: string): Promise<void> {
    await this.hands.click(this.admin.test('menu-roles'))
    await this.hands.click(this.admin.test('new-role'))
    await this.hands.fill(this.admin.test('new-name'), name)
    await this.hands.click(this.admin.test('new-create'))
    await this.admin.test('role').filter({ hasText: name }).and(this.admin.page.locator('[aria-current]')).waitFor()
  }

  async chooseRole(code: string): Promise<void> {
    await this.hands.click(this.admin.page.locator(`[data-test=role][data-id="${code}"]`))
  }

  async grant(entity: string, action: string, level: string): Promise<void> {
    const row = this.admin.page.locator(`[data-test=grants][data-id="${entity}"]`)
    await row.locator(`[data-test=grant-${action}]`).selectOption(level)
  }

  async mayCreate(entity: string): Promise<void> {
    await this.hands.click(this.admin.page.locator(`[data-test=grants][data-id="${entity}"] [data-test=grant-create]`))
  }

  /** Looks at what will happen, and puts it in force. */
  async apply(picture: string): Promise<void> {
    await this.hands.click(this.admin.test('draft-check'))
    await this.admin.test('plan').waitFor()
    await this.admin.picture(picture)
    await this.hands.click(this.admin.test('plan-apply'))
    await this.admin.test('draft-check').waitFor({ state: 'detached' })
  }

  async giveRole(login: string, role: string): Promise<void> {
    await this.hands.click(this.admin.test('menu-organisation'))
    await this.hands.fill(this.admin.test('people-search'), login)
    await this.hands.click(this.admin.test('person').filter({ hasText: login }))
    await this.hands.click(this.admin.page.locator('[data-test^=person-role-]').filter({ hasText: role }))
    await this.admin.picture('person')
    await this.hands.click(this.admin.test('person-save'))
    await this.admin.test('person-save').waitFor({ state: 'detached' })
    await this.admin.test('person').filter({ hasText: login }).filter({ hasText: role }).waitFor()
  }
}
