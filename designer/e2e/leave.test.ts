/** From blank, 请假 is drawn by mouse, published, and runs. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configuration } from './support/configuration'
import { Hands } from './support/hands'
import { Kapok } from './support/kapok'
import { launch, Person } from './support/person'
import { drawLeave } from './support/processes'

let kapok: Kapok
let browser: Browser

beforeAll(async () => {
  kapok = await Kapok.start(configuration({}))
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
})

it('请假 is drawn from blank in under 60 actions, without an expression, and runs', async () => {
  const admin = await Person.signedIn(browser, kapok.address, 'admin')
  await admin.test('menu-definitions').click()
  const hands = new Hands(admin.page)
  await drawLeave(admin, hands)
  await admin.test('problems-none').waitFor()
  await admin.picture('leave-drawn')
  await hands.click(admin.test('publish'))
  await admin.page.getByText('已发布为第 1 版').waitFor()
  console.info(`请假 from blank: ${hands.actions} actions`)
  expect(hands.actions).toBeLessThan(60)
  const key = new URL(admin.page.url()).pathname.split('/').at(-1) ?? ''
  await admin.leave()

  const staff = await Person.signedIn(browser, kapok.address, 'ding.huimin')
  const superior = await Person.signedIn(browser, kapok.address, 'zhou.li')
  const hr = await Person.signedIn(browser, kapok.address, 'wu.xiulan')
  await ask(staff, key, '2', '家中有事')
  await approve(superior, '家中有事')
  await staff.test('state-completed').waitFor() // without a reload
  await hr.test('menu-pages').filter({ hasText: '1' }).click()
  await hr.test('page').filter({ hasText: '请知悉' }).waitFor()
  const steps = staff.test('case-diagram').locator('.djs-shape')
  for (const taken of ['上级审批', '抄送人事']) await steps.and(staff.page.locator('.flow-done')).filter({ hasText: taken }).waitFor()
  await steps.and(staff.page.locator(':not(.flow-done)')).filter({ hasText: '总经理审批' }).waitFor()
  await staff.picture('leave-case')

  // Longer than three days.
  const general = await Person.signedIn(browser, kapok.address, 'chen.guodong')
  await ask(staff, key, '5', '出国旅行')
  await approve(superior, '出国旅行')
  await general.test('task').click()
  await general.test('task-claim').click()
  await approve(general, '出国旅行')
  await staff.test('state-completed').waitFor()
  for (const person of [staff, superior, hr, general]) await person.leave()
})

/** A member of staff asks for leave. */
async function ask(staff: Person, process: string, days: string, reason: string): Promise<void> {
  await staff.test('menu-start').click()
  await staff.test(`start-${process}`).click()
  const field = (label: string) => staff.page.locator('[data-test^=field-]').filter({ hasText: label })
  await field('类型').locator('.el-select').click()
  await staff.option('年假').click()
  for (const label of ['开始日期', '结束日期']) {
    await field(label).locator('input').fill('2026-12-01')
    await staff.page.keyboard.press('Enter')
  }
  await field('天数').locator('input').fill(days)
  await field('事由').locator('textarea').fill(reason)
  await staff.picture('leave-form')
  await staff.test('start-submit').click()
  await staff.test('state-active').waitFor()
}

/** Somebody finds the to-do in the inbox without reloading, and approves it. */
async function approve(person: Person, reason: string): Promise<void> {
  await person.test('task').click()
  await person.page.getByText(reason).first().waitFor()
  await person.test('task-approve').click()
  await person.test('task-confirm').click()
  await person.test('task').waitFor({ state: 'detached' })
}
