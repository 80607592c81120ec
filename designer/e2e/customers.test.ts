/**
 * A customer's whole life: looked for, checked for duplicates, made, its people drawn, a task shared, a contact written down
 * with a file and a next step, handed over; and seen by the right people only.
 */
import { expect, it } from 'vitest'
import { sampleCompany } from './support/company'
import { Desk } from './support/desk'
import type { Person } from './support/person'

const CUSTOMER = 'customers.customer'
const NAME = '杭州木棉智能装备有限公司'
const SECRET = '总经理答应下月签约'

const signIn = sampleCompany()

it('a customer is found, made, drawn, shared, tracked, handed over, and seen by those who may', async () => {
  const address = await sellerMakes()
  await sellerDrawsPeople(address)
  const task = await sellerTracks(address)
  await sellerShares(task)
  await colleagueReads(address)
  await sellerHandsOver(task)
  await receiverWorks(address, task)
  await onlyTheRightOnesSee(address)
})

/** Looked for by initials, told of a duplicate that is somebody else's, and made with a favourite region. */
async function sellerMakes(): Promise<string> {
  const { seller, desk } = await signedIn('li.na')
  await seller.test(`menu-records-${CUSTOMER}`).click()
  await seller.test('record').first().waitFor()
  await desk.search('hzmmznzb')
  await seller.page.getByText('没有').first().waitFor()

  await seller.test('record-new').click()
  await desk.fill('name', NAME)
  await desk.fill('phone', '0931 5550481')
  await desk.tree('region', 'xihuqu', '330106')
  await desk.tree('industry', 'zysb', 'c35')
  await seller.test('record-save').click()
  // The other one is in somebody else's care: it is there, and no more is told of it.
  const duplicates = seller.test('duplicates')
  await duplicates.getByText('兰***司').waitFor()
  expect(await duplicates.locator('a').count()).toBe(0)
  await seller.picture('customer-duplicate')
  await seller.test('duplicates-back').click()
  await desk.fill('phone', '0571-88886666')
  await seller.test('record-save').click()
  await seller.test('record-edit').waitFor()
  await seller.page.getByText('浙江省 / 杭州市 / 西湖区').waitFor()
  const address = new URL(seller.page.url()).pathname

  // What was starred is offered first the next time.
  await seller.test(`menu-records-${CUSTOMER}`).click()
  await seller.test('record-new').click()
  await seller.test('field-region').locator('[data-test=tree-open]').click()
  await seller.test('favourite-330106').waitFor()
  await seller.picture('customer-favourite')
  await seller.page.keyboard.press('Escape')
  await seller.test('record-cancel').click()

  await desk.search('mmzn')
  await seller.test('record').filter({ hasText: NAME }).waitFor()
  await seller.leave()
  return address
}

/** The people of the customer, each below the one they report to. */
async function sellerDrawsPeople(address: string): Promise<void> {
  const { seller, desk } = await signedIn('li.na')
  await seller.open(address)
  await desk.tab('related-contacts')
  await seller.test('related-new').click()
  await desk.fill('name', '方总')
  await desk.fill('title', '总经理')
  await desk.choose('decision_role', '决策人')
  await desk.save()

  await seller.open(address)
  await desk.tab('related-contacts')
  const boss = seller.test('tree-row').filter({ hasText: '方总' })
  await boss.getByRole('button').last().click()
  await seller.test('field-superior').getByText('方总').waitFor()
  await desk.fill('name', '程工')
  await desk.fill('title', '设备工程师')
  await desk.save()

  await seller.open(address)
  await desk.tab('related-contacts')
  await seller.page.locator('.inner [data-test=tree-row]').filter({ hasText: '程工' }).waitFor()
  await seller.picture('customer-contacts')
  await seller.leave()
}

/** A task, and what was said, with a file and what comes next. */
async function sellerTracks(address: string): Promise<string> {
  const { seller, desk } = await signedIn('li.na')
  await seller.open(address)
  await desk.tab('related-tasks')
  await seller.test('related-new').click()
  await desk.fill('title', '跟进视觉检测项目')
  await desk.save()
  const task = new URL(seller.page.url()).pathname

  await seller.open(address)
  await desk.tab('related-records')
  await seller.test('related-new').click()
  await seller.test('field-next_who').getByText('李娜').waitFor()
  // Of all contacts, those of this customer are offered.
  await seller.test('field-contact').locator('.el-select').click()
  const offered = seller.page.locator('.el-select-dropdown__item:visible')
  await offered.filter({ hasText: '程工' }).waitFor()
  expect((await offered.allTextContents()).map((name) => name.trim()).sort()).toEqual(['方总', '程工'])
  await seller.page.keyboard.press('Escape')
  await desk.pick('task', 'gjsj', '跟进视觉检测项目')
  await desk.pick('contact', '方', '方总')
  await desk.choose('method', '上门拜访')
  await desk.fill('content', SECRET)
  await desk.fill('progress', '60')
  await desk.day('next_date', '2030-01-15')
  await desk.fill('next_what', '送合同草案')
  await seller.test('field-attachments').locator('[data-test=file-input]').setInputFiles({
    name: '会谈纪要.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('会谈纪要'),
  })
  await seller.test('field-attachments').getByText('会谈纪要.txt').waitFor()
  await desk.save()
  await seller.page.getByText('会谈纪要.txt').first().waitFor()
  await seller.picture('contact-record')

  // The list says where it stands, and what comes next is a to-do.
  await seller.open('/tasks')
  await seller.test('task').filter({ hasText: '送合同草案' }).waitFor()
  await seller.test(`menu-records-${CUSTOMER}`).click()
  await desk.search('mmzn')
  await seller.test('record').filter({ hasText: SECRET }).waitFor()
  await seller.picture('customer-list')
  await seller.leave()
  return task
}

async function sellerShares(task: string): Promise<void> {
  const { seller, desk } = await signedIn('li.na')
  await seller.open(task)
  await desk.tab('shares')
  await desk.chooseFound(seller.test('share-to'), '何俊杰')
  await seller.test('share-add').click()
  await seller.test('share').filter({ hasText: '何俊杰' }).waitFor()
  await seller.leave()
}

/** With whom a task is shared reads the customer and everything about it, and changes nothing. */
async function colleagueReads(address: string): Promise<void> {
  const { seller, desk } = await signedIn('he.junjie')
  await seller.test('search-open').click()
  await seller.test('search-words').fill('mmzn')
  await seller.test('search-hit').filter({ hasText: NAME }).first().waitFor()
  await seller.page.keyboard.press('Escape')
  await seller.open(address)
  await desk.tab('related-records')
  await seller.page.getByText(SECRET).first().waitFor()
  await desk.tab('related-contacts')
  await seller.test('tree-row').filter({ hasText: '程工' }).waitFor()
  expect(await seller.test('record-edit').count()).toBe(0)
  await seller.leave()
}

async function sellerHandsOver(task: string): Promise<void> {
  const { seller, desk } = await signedIn('li.na')
  await seller.open(task)
  await seller.test('record-more').click()
  await seller.test('record-more-transfer').click()
  await desk.chooseFound(seller.test('transfer-to'), '高雨桐')
  await seller.test('transfer-confirm').click()
  await seller.test('record-meta').getByText('高雨桐').waitFor()
  await seller.leave()
}

/** Who has the task works on it; when it is done, the customer is closed to those who only had the task. */
async function receiverWorks(address: string, task: string): Promise<void> {
  const { seller, desk } = await signedIn('gao.yutong')
  await seller.open(address)
  await desk.tab('related-records')
  await seller.page.getByText(SECRET).first().waitFor()
  await seller.open(task)
  await seller.test('record-edit').click()
  await desk.choose('state', '已完成')
  await desk.save()
  await isClosed(seller, address)
  await seller.leave()
  const former = await signedIn('he.junjie')
  await isClosed(former.seller, address)
  await former.seller.leave()
}

/** The owner and those above her; service by name only; finance without what was said; others not at all. */
async function onlyTheRightOnesSee(address: string): Promise<void> {
  for (const login of ['li.na', 'wang.wei', 'chen.guodong']) {
    const { seller, desk } = await signedIn(login)
    await seller.open(address)
    await desk.tab('related-records')
    await seller.page.getByText(SECRET).first().waitFor()
    await seller.leave()
  }
  for (const login of ['gao.yutong', 'liu.min', 'admin']) {
    const { seller } = await signedIn(login)
    await isClosed(seller, address)
    await seller.leave()
  }
  const { seller: service, desk } = await signedIn('cheng.xia')
  await service.test(`menu-records-${CUSTOMER}`).click()
  await desk.search('mmzn')
  await service.test('record').filter({ hasText: NAME }).waitFor()
  await service.open(address)
  await service.page.getByText('0571-88886666').first().waitFor()
  await service.picture('customer-service')
  const shown = await service.page.textContent('body')
  for (const hidden of [SECRET, '西湖区', '专用设备']) expect(shown).not.toContain(hidden)
  await service.leave()

  const { seller: finance } = await signedIn('ding.huimin')
  await finance.open(address)
  await finance.page.getByText('浙江省 / 杭州市 / 西湖区').first().waitFor()
  expect(await finance.test('tab-related-records').count()).toBe(0)
  expect(await finance.page.textContent('body')).not.toContain(SECRET)
  await finance.leave()
}

async function isClosed(person: Person, address: string): Promise<void> {
  await person.open(address)
  await person.test('load-problem').or(person.page.getByText('找不到')).first().waitFor()
  expect(await person.page.textContent('body')).not.toContain(NAME)
}

async function signedIn(login: string): Promise<{ seller: Person; desk: Desk }> {
  const seller = await signIn(login)
  return { seller, desk: new Desk(seller) }
}
