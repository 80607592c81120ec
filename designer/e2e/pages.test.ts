/** Refusals in words, and every page of the desk without barriers, on a phone too. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configuration } from './support/configuration'
import { Kapok } from './support/kapok'
import { launch, Person } from './support/person'
import { openNewQuote, writeLine } from './support/quotes'

const phone = { width: 360, height: 740 }

let kapok: Kapok
let browser: Browser
/** A to-do of 王伟, in a case that 李娜 started. */
let task: string
let caseOf: string
let record: string

beforeAll(async () => {
  kapok = await Kapok.start(configuration({}))
  browser = await launch()
  const seller = await Person.signedIn(browser, kapok.address, 'li.na')
  await openNewQuote(seller, '产线改造报价')
  await writeLine(seller, { product: '机械臂', quantity: '2', price: '6000' })
  await seller.test('record-save').click()
  await seller.test('record-started').waitFor()
  record = new URL(seller.page.url()).pathname
  await seller.test('record-case').click()
  await seller.test('state-active').waitFor()
  caseOf = new URL(seller.page.url()).pathname
  await seller.leave()

  const manager = await Person.signedIn(browser, kapok.address, 'wang.wei')
  await manager.test('task').click()
  await manager.page.waitForURL('**/tasks/*')
  task = new URL(manager.page.url()).pathname
  await manager.leave()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
})

it('a wrong password is refused in words, and the right one is taken afterwards', async () => {
  const person = await Person.arrive(browser, kapok.address)
  await person.open('/sign-in')
  await person.signIn('li.na', 'not-her-password')
  await person.test('sign-in-problem').waitFor()
  expect(await person.test('sign-in-problem').textContent()).toContain('密码')
  await person.picture('wrong-password')
  await person.signIn('li.na', 'kapok-demo')
  await person.page.waitForURL('**/tasks')
  await person.leave()
})

it("a stranger who opens somebody else's task or case is told so, and sees nothing of it", async () => {
  const stranger = await Person.signedIn(browser, kapok.address, 'ding.huimin')
  for (const path of [task, caseOf, record]) {
    await stranger.open(path)
    await stranger.test('load-problem').waitFor()
    expect(await stranger.page.textContent('body')).not.toContain('产线改造')
  }
  await stranger.picture('stranger')
  await stranger.leave()
})

interface Place {
  name: string
  login?: string
  path: () => string
  ready: string
}

const desk: Place[] = [
  { name: 'sign-in', path: () => '/sign-in', ready: 'demo-admin' },
  { name: 'inbox', login: 'wang.wei', path: () => '/tasks', ready: 'task' },
  { name: 'task', login: 'wang.wei', path: () => task, ready: 'task-approve' },
  { name: 'case', login: 'li.na', path: () => caseOf, ready: 'instance-diagram' },
  { name: 'records', login: 'li.na', path: () => '/records/quotes.quote', ready: 'record' },
  { name: 'record', login: 'li.na', path: () => record, ready: 'field-total' },
  { name: 'record-new', login: 'li.na', path: () => '/records/quotes.quote/new', ready: 'field-title' },
]
const designer: Place = { name: 'definitions', login: 'admin', path: () => '/flow', ready: 'definitions' }

async function goTo({ login, path, ready }: Place, size?: { width: number; height: number }): Promise<Person> {
  const person = await (login
    ? Person.signedIn(browser, kapok.address, login, size)
    : Person.arrive(browser, kapok.address, size))
  await person.open(path())
  await person.test(ready).first().waitFor()
  return person
}

describe('on a wide screen', () => {
  it.each([...desk, designer])('$name has no barriers', async (place) => {
    const person = await goTo(place)
    await person.picture(`wide-${place.name}`)
    expect(await person.barriers()).toEqual([])
    await person.leave()
  })
})

describe('on a phone', () => {
  it.each(desk)('$name has no barriers and fits', async (place) => {
    const person = await goTo(place, phone)
    await person.picture(`phone-${place.name}`)
    expect(await person.barriers()).toEqual([])
    expect(await person.overflow()).toBe(0)
    await person.leave()
  })
})

it('the sign of bpmn.io stays in view, uncovered, in the designer', async () => {
  const admin = await Person.signedIn(browser, kapok.address, 'admin')
  await admin.open('/flow/quote-approval')
  await admin.page.locator('[data-element-id="manager-approval"]').first().waitFor()
  const sign = admin.page.locator('.bjs-powered-by')
  const isOnTop = await sign.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const found = document.elementFromPoint(x + width / 2, y + height / 2)
    return width > 0 && height > 0 && element.contains(found)
  })
  expect(isOnTop).toBe(true)
  await admin.leave()
})
