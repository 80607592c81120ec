/** A process is changed in the browser; a quote goes through it, is forgotten, urged, escalated and approved. */
import type { Browser } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { configuration } from './support/configuration'
import { Drawing } from './support/drawing'
import { Hands } from './support/hands'
import { Kapok } from './support/kapok'
import { launch, Person } from './support/person'
import { addFinanceApproval } from './support/processes'
import { openNewQuote, writeLine } from './support/quotes'
import { startSmsGateway, type SmsGateway } from './support/smsGateway'
import { startMailServer, type MailServer } from './support/smtp'

/** The manager's eight hours pass in 20 seconds, which is time enough to look at what happens before. */
const FASTER = 1440

let mail: MailServer
let gateway: SmsGateway
let kapok: Kapok
let browser: Browser
let people: Person[] = []

beforeAll(async () => {
  mail = await startMailServer()
  gateway = await startSmsGateway()
  kapok = await Kapok.start(configuration({ mail, gateway, shorten: FASTER }))
  browser = await launch()
})
afterEach(async ({ task }) => {
  const here = people
  people = []
  if (task.result?.state === 'fail') {
    console.error(kapok.log)
    for (const [index, person] of here.entries()) await person.picture(`failed-${index}`)
  }
  for (const person of here) await person.leave()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
  await gateway?.stop()
  await mail?.stop()
})

async function signIn(login: string): Promise<Person> {
  const person = await Person.signedIn(browser, kapok.address, login)
  people.push(person)
  return person
}

it('an administrator adds an approval by mouse, is told of a mistake, mends it and publishes', async () => {
  const admin = await signIn('admin')
  await admin.test('menu-definitions').click()
  await admin.test('definition-quote-approval').getByRole('link').click()
  const hands = new Hands(admin.page)
  const drawing = new Drawing(hands)
  await addFinanceApproval(admin, hands)

  const mistake = admin.test('problems').getByRole('button').filter({ hasText: '没有条件' })
  await mistake.waitFor()
  await admin.picture('designer-mistake')
  await hands.click(admin.test('publish'))
  await admin.page.getByText('还有错误，暂时不能发布').waitFor()

  await hands.click(mistake) // leads to the branch
  await drawing.condition('总金额', '大于', '50000')
  await admin.test('problems-none').waitFor()
  await hands.click(admin.test('fit'))
  await hands.pointAt(drawing.step('财务经理审批'))
  await admin.test('section-assignees').waitFor()
  await admin.picture('designer')
  await hands.click(admin.test('publish'))
  await admin.page.getByText('已发布为第 2 版').waitFor()
  await hands.click(admin.test('versions'))
  await admin.test('version-2').waitFor()
  await admin.picture('designer-published')
})

it('a quote that its manager forgets reaches his superior and is approved, and a crash on the way changes nothing', async () => {
  const [seller, manager] = await Promise.all([signIn('li.na'), signIn('wang.wei')])
  const [superior, finance] = await Promise.all([signIn('zhao.jianhua'), signIn('zhou.li')])
  const quote = await writeQuote(seller)
  await managerSees(manager, quote)
  await managerIsUrged(manager)
  await crashWhileSmsLeaves()
  await superiorApproves(superior, quote)
  await manager.test('task').waitFor({ state: 'detached' })
  await financeApproves(finance, quote)
  await everybodyKnows(seller, quote)
  await whatLeftIsListed(await signIn('admin'))
})

it('a rejected quote ends as rejected', async () => {
  const [seller, manager] = await Promise.all([signIn('li.na'), signIn('wang.wei')])
  await openNewQuote(seller, '试用设备报价')
  await writeLine(seller, { product: '传感器', quantity: '3', price: '1200' })
  await seller.test('record-save').click()
  await seller.test('record-case').click()
  await seller.test('state-active').waitFor()

  await manager.test('task').click()
  await manager.test('task-reject').click()
  await manager.test('task-confirm').click()
  await manager.page.getByText('请填写原因').waitFor()
  await manager.test('task-comment').fill('价格太低')
  await manager.test('task-confirm').click()

  await seller.test('state-rejected').waitFor() // without a reload
  await seller.page.getByText('价格太低').waitFor()
  await seller.test('case-record').click()
  await seller.test('field-status').getByText('已拒绝').waitFor()
})

/** A wrong line is refused where it is wrong; the right one is saved, added up, and starts the process. */
async function writeQuote(seller: Person): Promise<string> {
  await openNewQuote(seller, '产线改造报价')
  await writeLine(seller, { product: '机械臂', quantity: '0', price: '6000', discount: '5' })
  await seller.test('record-save').click()
  await seller.test('cell-quantity').getByRole('alert').waitFor()
  await seller.picture('quote-refused')
  expect(await seller.test('cell-quantity').getByRole('alert').textContent()).toContain('数量')

  await seller.test('cell-quantity').locator('input').fill('10')
  await seller.test('record-save').click()
  await seller.test('record-started').waitFor()
  expect(await seller.test('field-total').textContent()).toContain('57,000')
  await seller.picture('quote-saved')
  const number = await seller.test('field-number').locator('.value').textContent()
  return number?.trim() ?? ''
}

/** The to-do and its count appear by themselves, and show the quote. */
async function managerSees(manager: Person, quote: string): Promise<void> {
  const task = manager.test('task').filter({ hasText: quote })
  await task.waitFor()
  await expect.poll(() => manager.test('task-count').textContent()).toBe('1')
  await expect.poll(() => manager.test('menu-tasks').textContent()).toContain('1')
  await task.click()
  await manager.test('field-total').getByText('57,000').waitFor()
  await manager.test('field-lines').getByText('机械臂').waitFor()
  await manager.picture('task')
}

/** He does nothing: he is reminded on his screen. */
async function managerIsUrged(manager: Person): Promise<void> {
  await manager.page.getByText('待办提醒：经理审批').first().waitFor({ timeout: 60_000 })
  await manager.picture('reminder')
}

/** Then an SMS leaves, rightly signed. The server dies at the worst moment: the gateway has it, and nobody has been told. */
async function crashWhileSmsLeaves(): Promise<void> {
  for (const person of people) person.toleratesOutage = true
  await new Promise<void>((crashed) => {
    gateway.beforeAnswer = () => kapok.kill().then(crashed)
  })
  gateway.beforeAnswer = async () => {}
  expect(gateway.requests).toMatchObject([{ phone: '19900000006', signature: '木棉' }])
  await kapok.run()
}

async function superiorApproves(superior: Person, quote: string): Promise<void> {
  const task = superior.test('task').filter({ hasText: quote })
  await task.waitFor({ timeout: 60_000 })
  await task.getByText('由 王伟 升级而来').waitFor()
  await task.click()
  await superior.test('task-approve').click()
  await superior.page.keyboard.insertText('同意，按此价格报给客户')
  await superior.picture('approve')
  await superior.test('task-confirm').click()
  await task.waitFor({ state: 'detached' })
}

async function financeApproves(finance: Person, quote: string): Promise<void> {
  await finance.test('task').filter({ hasText: quote }).click()
  await finance.test('task-claim').click() // whoever has the role may take it
  await finance.test('task-approve').click()
  await finance.test('task-confirm').click()
}

/** The quote is approved, the mail has left once, and the case shows the way it took and who did what. */
async function everybodyKnows(seller: Person, quote: string): Promise<void> {
  await seller.test('field-status').getByText('已批准').waitFor() // without a reload
  await vi.waitFor(() => expect(mail.mails).toHaveLength(1), { timeout: 20_000 })
  expect(mail.mails[0]).toMatchObject({ to: ['li.na@example.com'], subject: `报价 ${quote} 已批准` })
  expect(mail.mails[0]?.messageId).toMatch(/^<outbox-\d+@.+>$/)

  await seller.test('record-case').click()
  await seller.test('state-completed').waitFor()
  const diagram = seller.test('case-diagram')
  await diagram.locator('.flow-taken').first().waitFor({ state: 'attached' }) // a straight line has no height
  for (const id of ['manager-approval', 'mark-approved', 'mail-initiator', 'approved']) {
    await diagram.locator(`.flow-done[data-element-id="${id}"]`).waitFor()
  }
  await diagram.locator('.flow-done').filter({ hasText: '财务经理审批' }).waitFor()
  const history = (await seller.test('history').textContent()) ?? ''
  for (const words of ['李娜', '由 王伟 升级给 赵建华', '赵建华 同意了“经理审批”', '同意，按此价格报给客户', '周丽 同意了“财务经理审批”']) {
    expect(history).toContain(words)
  }
  await seller.picture('case')
  expect(gateway.requests).toHaveLength(1)
  expect(gateway.refused).toEqual([])
}

/** What became of the SMS was lost in the crash: a person decides, and nothing sends it again. */
async function whatLeftIsListed(admin: Person): Promise<void> {
  await admin.test('menu-outbox').click()
  const message = (address: string) => admin.test('outbox-message').filter({ hasText: address })
  await message('li.na@example.com').and(admin.page.locator('[data-state=sent]')).waitFor()
  await message('19900000006').and(admin.page.locator('[data-state=unknown]')).waitFor()
  await admin.picture('outbox')
}
