/** An administrator adds data with line items and a role by mouse; a salesperson uses it, a manager sees it, a stranger does not. */
import { expect, it } from 'vitest'
import { sampleCompany } from './support/company'
import { Hands } from './support/hands'
import { Shaping } from './support/shaping'

const signIn = sampleCompany()

it('data and a role that were made by mouse are used at once, by those who may', async () => {
  const entity = await shape()
  const address = await sellerUses(entity)
  await managerSees(entity, address)
  await strangerDoesNot(entity, address)
})

/** The data, the role, and who has it. */
async function shape(): Promise<string> {
  const admin = await signIn('admin')
  const hands = new Hands(admin.page)
  const shaping = new Shaping(admin, hands)
  const entity = await shaping.newEntity('售后登记')
  await shaping.addField('date', '报修日期')
  await shaping.addField('lines', '更换配件', async () => {
    await shaping.addColumn('text', '配件')
    await shaping.addColumn('number', '数量')
  })
  await admin.picture('entity-drawn')
  await shaping.apply('entity-plan')

  await shaping.newRole('售后专员')
  await shaping.grant(entity, 'read', 'own')
  await shaping.mayCreate(entity)
  await shaping.grant(entity, 'update', 'own')
  await shaping.chooseRole('sales-manager')
  await shaping.grant(entity, 'read', 'subordinates')
  await admin.picture('role-drawn')
  await shaping.apply('role-plan')
  await shaping.giveRole('li.na', '售后专员')
  console.info(`data and a role by mouse: ${hands.actions} actions`)
  await admin.leave()
  return entity
}

/** A salesperson finds it in the menu and writes a record with lines. */
async function sellerUses(entity: string): Promise<string> {
  const seller = await signIn('li.na')
  await seller.test(`menu-records-${entity}`).click()
  await seller.test('record-new').click()
  const field = (label: string) => seller.page.locator('[data-test^=field-]').filter({ hasText: label })
  await field('名称').locator('input').fill('三号机械臂异响')
  await field('报修日期').locator('input').fill('2026-11-28')
  await seller.page.keyboard.press('Enter')
  await seller.test('line-add').click()
  const cells = seller.test('line-0').locator('[data-test^=cell-] input')
  await cells.first().fill('减速器')
  await cells.nth(1).fill('2')
  await seller.picture('own-record-new')
  await seller.test('record-save').click()
  await seller.test('record-edit').waitFor()
  await seller.page.getByText('减速器').first().waitFor()
  await seller.picture('own-record')
  const address = new URL(seller.page.url()).pathname
  await seller.test(`menu-records-${entity}`).click()
  await seller.test('record').filter({ hasText: '三号机械臂异响' }).waitFor()
  await seller.leave()
  return address
}

/** Her manager sees it, and cannot change it. */
async function managerSees(entity: string, address: string): Promise<void> {
  const manager = await signIn('wang.wei')
  await manager.test(`menu-records-${entity}`).click()
  await manager.test('record').filter({ hasText: '三号机械臂异响' }).waitFor()
  await manager.open(address)
  await manager.page.getByText('减速器').first().waitFor()
  expect(await manager.test('record-edit').count()).toBe(0)
  await manager.picture('own-record-manager')
  await manager.leave()
}

/** Somebody from elsewhere has no place for it in the menu, and its address says nothing. */
async function strangerDoesNot(entity: string, address: string): Promise<void> {
  const stranger = await signIn('ding.huimin')
  await stranger.test('menu-tasks').waitFor()
  expect(await stranger.test(`menu-records-${entity}`).count()).toBe(0)
  await stranger.open(address)
  await stranger.test('load-problem').waitFor()
  expect(await stranger.page.textContent('body')).not.toContain('三号机械臂')
  await stranger.leave()
}
