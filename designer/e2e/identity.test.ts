/** The organisation comes from 企业微信, and its people sign in there: at the to-do that a link names, and nobody else. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configuration } from './support/configuration'
import { Kapok } from './support/kapok'
import { launch, Person } from './support/person'
import { startWeCom, type WeCom } from './support/wecom'

let wecom: WeCom
let kapok: Kapok
let browser: Browser

beforeAll(async () => {
  wecom = await startWeCom()
  kapok = await Kapok.start(configuration({ wecom }))
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await kapok?.stop()
  await wecom?.stop()
})

it('an administrator looks at who is taken for whom, and takes the organisation over', async () => {
  wecom.departments = [
    { id: 1, name: '总经办', parentid: 0 },
    { id: 2, name: '财务部', parentid: 1, department_leader: ['ZhouLi'] },
    { id: 3, name: '海外部', parentid: 1, department_leader: ['NewOne'] },
  ]
  wecom.members = [
    // By phone number; by sign-in name; new, with a superior who is new too.
    { userid: 'ZhouLi', name: '周丽', mobile: '19900000040', department: [2], status: 1 },
    { userid: 'ding.huimin', name: '丁慧敏', department: [2], direct_leader: ['ZhouLi'], status: 1 },
    { userid: 'NewTwo', name: '新乙', department: [3], direct_leader: ['NewOne'], status: 1 },
    { userid: 'NewOne', name: '新甲', department: [3], status: 1 },
  ]
  const admin = await Person.signedIn(browser, kapok.address, 'admin')
  await admin.open('/admin/organisation')
  await admin.test('sync-source').click()
  const item = (id: string) => admin.page.locator(`[data-test=sync-item][data-id="${id}"]`)
  await item('ZhouLi').filter({ hasText: '手机号相同，认作“周丽”' }).waitFor()
  await item('ding.huimin').filter({ hasText: '登录名相同，认作“丁慧敏”' }).waitFor()
  await item('2').filter({ hasText: '部门名称相同，认作“财务部”' }).waitFor()
  await item('NewOne').filter({ hasText: '新建' }).waitFor()
  expect(await admin.test('sync-people').textContent()).toContain('新建 2')
  await admin.picture('identity-sync')
  await admin.test('sync-apply').click()
  await admin.page.getByText('已同步').waitFor()
  await admin.test('people-search').fill('新乙')
  await admin.test('person').filter({ hasText: 'NewTwo' }).filter({ hasText: '海外部' }).click()
  await admin.test('person-superior').filter({ hasText: '新甲' }).waitFor()
  await admin.test('person-connection').filter({ hasText: 'NewTwo' }).waitFor()

  // Again there is nothing to do; who leaves there is named, and goes on here until somebody decides.
  wecom.members = wecom.members.filter(({ userid }) => userid !== 'NewTwo')
  await admin.open('/admin/organisation')
  await admin.test('sync-source').click()
  await admin.test('sync-gone').filter({ hasText: '新乙' }).waitFor()
  expect(await admin.test('sync-people').textContent()).toContain('没有变化 3')
  expect(await admin.test('sync-item').count()).toBe(0)
  await admin.test('sync-leave').click()
  await admin.test('leave-preview').waitFor()
  await admin.leave()
})

it('somebody signs in there and lands at the to-do that the link names', async () => {
  const staff = await Person.signedIn(browser, kapok.address, 'ding.huimin')
  const started = await staff.page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json', 'X-Kapok': '1' }
    const variables = { kind: '年假', from: '2026-12-01', to: '2026-12-02', days: 2 }
    const body = JSON.stringify({ process: 'leave', variables })
    return (await fetch('/api/v1/instances', { method: 'POST', headers, body })).status
  })
  expect(started).toBe(201)
  await staff.leave()
  const superior = await Person.signedIn(browser, kapok.address, 'zhou.li')
  await superior.test('task').first().click()
  await superior.test('task-approve').waitFor()
  const link = new URL(superior.page.url()).pathname
  expect(link).toMatch(/^\/tasks\/\d+$/)
  await superior.leave()

  wecom.scans = 'ZhouLi'
  const person = await Person.arrive(browser, kapok.address)
  await person.open(link)
  await person.test('sign-in-elsewhere').click()
  await person.page.waitForURL(`**${link}`)
  await person.test('task-approve').waitFor()
  expect(await person.test('account-name').first().textContent()).toBe('周丽')
  const cookies = await person.page.context().cookies()
  expect(cookies.find(({ name }) => name.endsWith('kapok_session'))).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  expect(cookies.some(({ name }) => name.endsWith('kapok_sign_in'))).toBe(false)
  await person.leave()
})

it('nobody gets in with another state, or without being connected', async () => {
  const stranger = await Person.arrive(browser, kapok.address)
  wecom.scans = 'ZhouLi'
  wecom.state = 'made-up'
  await stranger.open('/sign-in?next=%2Fdone')
  await stranger.test('sign-in-elsewhere').click()
  await stranger.test('sign-in-problem').filter({ hasText: '这次登录已失效' }).waitFor()
  wecom.state = undefined
  wecom.scans = 'Stranger'
  await stranger.open('/sign-in?next=%2Fdone')
  await stranger.test('sign-in-elsewhere').click()
  await stranger.test('sign-in-problem').filter({ hasText: '还没有连接到系统里的人员' }).waitFor()
  await stranger.picture('identity-refused')
  expect(await stranger.barriers()).toEqual([])

  // With their password they connect it themselves, and come in by it from then on.
  await stranger.signIn('li.na', 'kapok-demo')
  await stranger.page.waitForURL('**/done')
  await stranger.test('account-connections').first().click()
  await stranger.test('connection-begin').click()
  await stranger.page.getByText('已连接，以后可以用它登录').waitFor()
  await stranger.test('sign-out').first().click()
  await stranger.test('sign-in-elsewhere').click()
  await stranger.page.waitForURL('**/tasks')
  expect(await stranger.test('account-name').first().textContent()).toBe('李娜')
  await stranger.leave()
})
