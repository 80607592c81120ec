/**
 * Who may do what with customers, at a browser: a leader and the subordinates' customers, service and its tasks, what leaves
 * in a file; and the pool (公海), out of which salespeople take customers as far as the administrator lets them.
 */
import { expect, it } from 'vitest'
import { sampleCompany } from './support/company'
import { Desk } from './support/desk'
import type { Person } from './support/person'

const CUSTOMER = 'customers.customer'
/** 李娜's customer, a task of hers on it, and what she wrote down. */
const NAME = '青岛启合粮油有限公司'
const TASK = '跟进新产线自动化改造'
const SAID = '强调交货期与本地服务优势'
/** Of 董海燕, in another team. */
const OTHERS = '西安新达电器集团有限公司'

const signIn = sampleCompany()

it('a leader sees all that subordinates do and nothing of other teams, shares it and gives it to somebody else', async () => {
  const { person: leader, desk } = await signedIn('wang.wei')
  const address = await found(leader, desk, NAME)
  await desk.tab('related-tasks')
  await leader.page.getByText(TASK).first().waitFor()
  await desk.tab('related-records')
  await leader.page.getByText(SAID).first().waitFor()
  await isNowhere(leader, desk, OTHERS)

  // Another leader of the same rank.
  const other = await signedIn('liu.min')
  await isNowhere(other.person, other.desk, NAME)
  await isClosed(other.person, address)
  await other.person.leave()

  await leader.open(address)
  await desk.tab('shares')
  await desk.chooseFound(leader.test('share-to'), '宋杰')
  await leader.test('share-add').click()
  await leader.test('share').filter({ hasText: '宋杰' }).waitFor()
  const reader = await signedIn('song.jie')
  await reader.person.open(address)
  await reader.desk.tab('related-records')
  await reader.person.page.getByText(SAID).first().waitFor()
  expect(await reader.person.test('record-edit').count()).toBe(0)
  await reader.person.leave()

  // She herself does not give her customers away.
  const seller = await signedIn('li.na')
  await seller.person.open(address)
  await seller.person.test('record-more').click()
  await seller.person.test('record-more-access').waitFor()
  expect(await seller.person.test('record-more-transfer').count()).toBe(0)
  await seller.person.leave()

  await leader.test('record-more').click()
  await leader.test('record-more-transfer').click()
  await desk.chooseFound(leader.test('transfer-to'), '高雨桐')
  await leader.test('transfer-confirm').click()
  await leader.test('record-meta').getByText('高雨桐').waitFor()
  await leader.picture('rights-leader')
  await leader.leave()
  const receiver = await signedIn('gao.yutong')
  await receiver.person.open(address)
  await receiver.person.test('record-edit').waitFor()
  await receiver.person.leave()
})

it('service finds a customer by its telephone, and reads the rest for as long as it has a task on it', async () => {
  const { person: service, desk } = await signedIn('cheng.xia')
  await service.test(`menu-records-${CUSTOMER}`).click()
  await service.test('record').first().waitFor()
  await desk.search('0931-5550481')
  await service.test('record').filter({ hasText: '兰州东泽泵业有限公司' }).first().click()
  await service.test('record-meta').waitFor()
  await service.page.getByText('0931-5550481').first().waitFor()
  const address = new URL(service.page.url()).pathname
  const region = '甘肃省 / 兰州市'
  expect(await service.page.textContent('body')).not.toContain(region)

  await desk.tab('related-tasks')
  await service.test('related-new').click()
  await desk.fill('title', '上门检修水泵控制柜')
  // What is offered first is sales tracking, which is not theirs to begin.
  await service.test('record-save').click()
  await service.page.getByText('不能这样填写').first().waitFor()
  await desk.choose('kind', '服务')
  await desk.save()
  const task = new URL(service.page.url()).pathname
  await service.open(address)
  await service.page.getByText(region).first().waitFor()
  await service.picture('rights-service')

  // Her colleague has no task on it.
  const colleague = await signedIn('wei.jun')
  await colleague.person.open(address)
  await colleague.person.page.getByText('0931-5550481').first().waitFor()
  expect(await colleague.person.page.textContent('body')).not.toContain(region)
  await colleague.person.open(task)
  await colleague.person.test('load-problem').first().waitFor()
  await colleague.person.leave()

  await service.open(task)
  await service.test('record-edit').click()
  await desk.choose('state', '已完成')
  await desk.save()
  await service.open(address)
  await service.page.getByText('0931-5550481').first().waitFor()
  expect(await service.page.textContent('body')).not.toContain(region)
  await service.leave()
})

it('no file, number or sum says more than the list', async () => {
  const { person: seller } = await signedIn('he.junjie')
  const all = await ask(seller, `/records/${CUSTOMER}?limit=200`)
  const names = all.json.items.map((item: { title: string }) => item.title)
  const file = await ask(seller, `/records/${CUSTOMER}/export?format=csv`)
  expect(file.status).toBe(200)
  expect(file.text.trim().split('\n')).toHaveLength(names.length + 1)
  for (const name of names) expect(file.text).toContain(name)
  expect(file.text).not.toContain(OTHERS)
  const sums = await ask(seller, `/records/${CUSTOMER}/statistics?group=level&sum=credit_limit`)
  expect(sums.json.total.count).toBe(names.length)

  // What the page shows is what was counted.
  await seller.open(`/records/${CUSTOMER}`)
  await seller.test('record').first().waitFor()
  expect(await seller.test('record-count').textContent()).toContain(String(names.length))
  await seller.leave()

  // Service takes no file, and finance none of what is said to customers.
  const { person: service } = await signedIn('wei.jun')
  expect((await ask(service, `/records/${CUSTOMER}/export?format=csv`)).status).toBe(403)
  expect((await ask(service, `/records/${CUSTOMER}/statistics?group=region`)).status).toBe(403)
  await service.leave()
  const { person: finance } = await signedIn('ding.huimin')
  for (const path of ['/records/tracking.contact-record', '/records/tracking.task']) {
    const answer = await ask(finance, path)
    expect(answer.json.count ?? 0).toBe(0)
  }
  await finance.leave()
})

it('a customer in the pool is claimed once, by those who may and as often as they may, and put back', async () => {
  const admin = await signedIn('admin')
  await admin.person.open('/admin/plugins')
  const row = admin.person.page.locator('[data-test=plugin][data-id=customers]')
  await row.locator('[data-test=plugin-set]').click()
  await admin.person.test('setting-daily_claims').fill('viele')
  await admin.person.test('settings-save').click()
  await admin.person.test('setting-problem').waitFor()
  await admin.person.test('setting-daily_claims').fill('1')
  await admin.person.picture('pool-settings')
  await admin.person.test('settings-save').click()
  await admin.person.test('setting-problem').waitFor({ state: 'detached' })
  await admin.person.leave()

  const { person: seller } = await signedIn('song.jie')
  await seller.open(`/records/${CUSTOMER}?view=pool`)
  const first = seller.test('record').first()
  await first.waitFor()
  await seller.picture('pool')
  await first.click()
  await seller.test('record-meta').waitFor()
  await seller.test('action-customers.claim').waitFor()
  await seller.picture('pool-customer')
  expect(await seller.test('record-edit').count()).toBe(0)
  const address = new URL(seller.page.url()).pathname

  // Two look at the same customer; one is quicker.
  const { person: quicker } = await signedIn('luo.haoran')
  await quicker.open(address)
  await quicker.test('action-customers.claim').click()
  await quicker.test('record-edit').waitFor()
  await quicker.test('record-meta').getByText('罗浩然').waitFor()
  await seller.open(address)
  await seller.test('load-problem').first().waitFor()

  // A day has one claim now.
  await quicker.open(`/records/${CUSTOMER}?view=pool`)
  await quicker.test('record').first().click()
  await quicker.test('action-customers.claim').click()
  await quicker.page.getByText('每人每天最多领取 1 个客户').first().waitFor()

  await quicker.open(address)
  await quicker.test('record-more').click()
  await quicker.test('record-more-plugin:customers.put-back').click()
  await quicker.test('action-customers.claim').waitFor()
  expect(await quicker.test('record-edit').count()).toBe(0)
  await quicker.leave()
  await seller.open(address)
  await seller.test('action-customers.claim').click()
  await seller.test('record-edit').waitFor()
  await seller.leave()

  // Finance reads customers and takes none.
  const { person: finance } = await signedIn('ding.huimin')
  await finance.open(`/records/${CUSTOMER}?view=pool`)
  await finance.test('record').first().click()
  await finance.test('record-meta').waitFor()
  await finance.test('record-more').waitFor()
  expect(await finance.test('action-customers.claim').count()).toBe(0)
  await finance.leave()
})

/** Looked for in the list, and opened. */
async function found(person: Person, desk: Desk, name: string): Promise<string> {
  await person.test(`menu-records-${CUSTOMER}`).click()
  await person.test('record').first().waitFor()
  await desk.search(name)
  await person.test('record').filter({ hasText: name }).first().click()
  await person.test('record-meta').waitFor()
  return new URL(person.page.url()).pathname
}

/** Neither in the list nor anywhere. */
async function isNowhere(person: Person, desk: Desk, name: string): Promise<void> {
  await person.open(`/records/${CUSTOMER}`)
  await person.test('record').first().waitFor()
  await desk.search(name)
  await person.page.getByText('没有').first().waitFor()
  expect(await person.test('record').filter({ hasText: name }).count()).toBe(0)
  const anywhere = await ask(person, `/search?q=${encodeURIComponent(name)}`)
  expect(anywhere.text).not.toContain(name)
}

async function isClosed(person: Person, address: string): Promise<void> {
  await person.open(address)
  await person.test('load-problem').or(person.page.getByText('找不到')).first().waitFor()
  expect(await person.page.textContent('body')).not.toContain(NAME)
}

/** Asked as the page would, with the session of whoever sits there. */
async function ask(person: Person, path: string) {
  const { status, text } = await person.page.evaluate(async (address) => {
    const answer = await fetch(address)
    return { status: answer.status, text: await answer.text() }
  }, `/api/v1${path}`)
  return { status, text, json: text.startsWith('{') ? JSON.parse(text) : {} }
}

async function signedIn(login: string): Promise<{ person: Person; desk: Desk }> {
  const person = await signIn(login)
  return { person, desk: new Desk(person) }
}
