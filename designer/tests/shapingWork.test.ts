/** What administrators do on the pages of data, roles and the organisation, in a real browser. */
import { chromium, type Browser, type Page, type Request } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change } from '../src/admin/definitions/layers'
import { adminSamples, layer as saved } from './fake/admin'
import { startFakeServer, type FakeServer } from './fake/server'

let server: FakeServer
let browser: Browser
let page: Page
/** What the server has, and what it was sent. */
let layer: Record<string, Record<string, unknown>>
let planned: Change[][]
let applied: Change[][]

beforeAll(async () => {
  server = await startFakeServer()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  layer = structuredClone(saved) as unknown as typeof layer
  planned = []
  applied = []
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'zh-CN' })
  await page.route('**/api/v1/admin/definitions/plan', (route) => {
    planned.push((route.request().postDataJSON() as { changes: Change[] }).changes)
    return route.fulfill({ json: adminSamples['POST /admin/definitions/plan'] })
  })
  await page.route('**/api/v1/admin/definitions', (route) => {
    if (route.request().method() === 'GET') {
      return route.fulfill({ json: layer })
    }
    const { changes } = route.request().postDataJSON() as { changes: Change[] }
    applied.push(changes)
    for (const { kind, id, value } of changes) {
      const table = (layer[kind] ??= {})
      if (value === null) delete table[id]
      else table[id] = value
    }
    return route.fulfill({ json: { changes: [] } })
  })
})
afterEach(() => page.context().close())

const open = (path: string) => page.goto(server.address + path)
const test = (name: string) => page.locator(`[data-test="${name}"]`)
const fill = async (name: string, text: string) => {
  const input = test(name).last()
  await input.fill(text)
  await input.press('Tab')
}
// What was typed before may still move the list that is about to open: then it is opened again.
const choose = async (name: string, label: string) => {
  const option = page.getByRole('option', { name: label }).filter({ visible: true }).first()
  await vi.waitFor(
    async () => {
      if (!(await option.isVisible())) await test(name).last().click()
      await option.click({ timeout: 2_000 })
    },
    { timeout: 30_000 },
  )
}
const sent = (method: string, end: string): Promise<Request> =>
  page.waitForRequest((request) => request.method() === method && request.url().endsWith(end))
const count = () => test('draft-count').textContent()

async function addField(type: string, name: string): Promise<void> {
  await test('field-add').click()
  await test(`type-${type}`).filter({ visible: true }).click()
  await fill('field-label', name)
}

describe('data', () => {
  it('of a new kind, with line items, is put together by mouse and applied as a whole', async () => {
    await open('/admin/data')
    await test('new-entities').click()
    await test('new-name').fill('采购单')
    await test('new-create').click()
    await test('field').waitFor()

    await addField('reference', '供应商')
    await choose('field-entity', '客户')
    await test('field-required').click()
    await test('field-done').click()

    await addField('lines', '采购明细')
    await test('column-add').click()
    await test('type-text').filter({ visible: true }).last().click()
    // The column's own settings, beside those of the field that it is in.
    await test('field-label').nth(1).waitFor()
    await fill('field-label', '品名')
    await test('field-done').first().click()
    await test('column-add').click()
    await test('type-number').filter({ visible: true }).last().click()
    await test('field-label').filter({ visible: true }).nth(1).waitFor()
    await fill('field-label', '数量')
    await test('field-done').last().click()

    await test('draft-check').click()
    await test('plan-change').first().waitFor()
    await test('plan-apply').click()
    await page.getByText('已生效').waitFor()
    await test('draft-check').waitFor({ state: 'detached' })

    expect(planned).toEqual(applied)
    const [change] = applied[0]!
    expect(change?.kind).toBe('entities')
    expect(change?.id).toMatch(/^own\.[a-z][a-z0-9-]*$/)
    const value = change?.value as Record<string, unknown>
    expect(value).toMatchObject({ label: { zh: '采购单', en: '采购单' }, title: 'name', columns: { name: 1 } })
    const fields = Object.values(value['fields'] as Record<string, Record<string, unknown>>)
    expect(fields.map(({ type, required }) => [type, required ?? false])).toEqual([
      ['text', true],
      ['reference', true],
      ['lines', false],
    ])
    expect(fields[1]).toMatchObject({ entity: 'crm.customer', label: { zh: '供应商' }, section: 'basic' })
    const columns = Object.values(fields[2]!['columns'] as Record<string, { label: { zh: string }; type: string }>)
    expect(columns.map(({ label, type }) => [label.zh, type])).toEqual([
      ['品名', 'text'],
      ['数量', 'number'],
    ])
  })

  it('of a plugin keeps only what was changed', async () => {
    await open('/admin/data/entities/crm.customer')
    await addField('date', '成立日期')
    await test('field-done').click()
    await page.locator('[data-test=field][data-id=phone] [data-test=field-edit]').click()
    await test('field-required').click()
    await test('field-done').click()
    await test('draft-check').click()
    await test('plan-apply').waitFor()
    const [change] = planned[0]!
    expect(change).toMatchObject({ kind: 'extend', id: 'crm.customer' })
    const { fields } = change!.value as { fields: Record<string, { type?: string }> }
    expect(fields['phone']).toEqual({ required: true })
    expect(Object.values(fields).map(({ type }) => type)).toContain('date')
  })

  it('is put into order by keyboard, undone and done again', async () => {
    await open('/admin/data/entities/own.contract')
    const names = () => test('field').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['id']))
    await page.locator('[data-test=field][data-id=status] .grip').focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await expect.poll(names).toEqual(['status', 'name', 'customer', 'signed', 'lines'])
    await test('draft-undo').click()
    await expect.poll(names).toEqual(['name', 'status', 'customer', 'signed', 'lines'])
    await test('draft-redo').click()
    await expect.poll(names).toEqual(['status', 'name', 'customer', 'signed', 'lines'])
    await test('draft-undo').click()
    await test('draft-undo').click()
    await expect.poll(names).toEqual(['name', 'customer', 'status', 'signed', 'lines'])
    expect(await count()).toContain('没有')
  })

  it('is dragged into order by mouse', async () => {
    await open('/admin/data/entities/own.contract')
    await page.locator('[data-test=field][data-id=lines] .grip').dragTo(page.locator('[data-test=field][data-id=name]'))
    await expect.poll(() => test('field').first().getAttribute('data-id')).toBe('lines')
  })

  it('that is not applied yet is there after a reload and on other pages', async () => {
    await open('/admin/data/entities/own.contract')
    await addField('boolean', '已归档')
    page.on('dialog', (dialog) => dialog.accept()) // the browser's own question before leaving
    await page.reload()
    await test('draft-count').waitFor()
    await page.getByText('已归档').waitFor()
    await test('menu-roles').click()
    await test('draft-count').waitFor()
    await test('draft-discard').click()
    await page.getByRole('button', { name: '全部放弃' }).last().click()
    await expect.poll(count).toContain('没有')
  })

  it('that somebody else changed meanwhile is mixed, and only what both changed is asked for', async () => {
    await open('/admin/data/entities/own.contract')
    await test('entity-rename').click()
    await fill('entity-label', '协议')
    layer['entities'] = {
      'own.contract': { ...saved.entities['own.contract'], label: { zh: '合约', en: 'Agreement' }, sort: 'name' },
    }
    await test('draft-check').click()
    await test('draft-conflicts').waitFor()
    await test('conflict-mine').click()
    await test('draft-check').click()
    await test('plan-apply').click()
    await page.getByText('已生效').waitFor()
    expect(applied[0]).toMatchObject([{ kind: 'entities', id: 'own.contract', value: { label: { zh: '协议' }, sort: 'name' } }])
  })

  it('cannot be applied while something is wrong, and says what', async () => {
    await page.route('**/api/v1/admin/definitions/plan', (route) =>
      route.fulfill({ json: { changes: [], errors: [{ text: { zh: '字段“供应商”缺少“entity”。', en: 'The field needs an entity.' } }] } }),
    )
    await open('/admin/data/entities/own.contract')
    await addField('reference', '供应商')
    await test('field-done').click()
    await test('draft-check').click()
    expect(await test('plan-errors').textContent()).toContain('供应商')
    expect(await test('plan-apply').count()).toBe(0)
  })

  it('choices are added at once, renamed and put out of use', async () => {
    await open('/admin/data/dictionaries/own.region')
    await page.locator('[data-test=entry][data-id=gd] [data-test=entry-below]').click()
    await fill('entry-add', '佛山、东莞')
    await expect.poll(() => test('entry').count()).toBe(6)
    await page.locator('[data-test=entry][data-id=sz] [data-test=entry-use]').click()
    await test('draft-check').click()
    await test('plan-apply').waitFor()
    const { entries } = planned[0]![0]!.value as { entries: Record<string, { parent?: string; disabled?: boolean; label: { zh: string } }> }
    expect(entries['sz']).toMatchObject({ disabled: true, parent: 'gd' })
    expect(Object.values(entries).filter(({ parent }) => parent === 'gd').map(({ label }) => label.zh)).toEqual(['深圳', '广州', '佛山', '东莞'])
  })
})

describe('roles', () => {
  it('are made, and given levels and field rules', async () => {
    await open('/admin/roles')
    await test('new-role').click()
    await test('new-name').fill('仓库主管')
    await test('new-create').click()
    const row = page.locator('[data-test=grants][data-id="own.contract"]')
    await row.locator('[data-test=grant-read]').selectOption('department-tree')
    await row.locator('[data-test=grant-create]').click()
    await test('tab-fields').click()
    await choose('rules-entity', '客户')
    await page.locator('[data-test=field-rule][data-id=phone] select').selectOption('masked')
    await test('draft-check').click()
    await test('plan-apply').waitFor()
    const changes = Object.fromEntries(planned[0]!.map(({ kind, value }) => [kind, value])) as Record<string, Record<string, unknown>>
    const code = planned[0]!.find(({ kind }) => kind === 'roles')?.id ?? ''
    expect(changes['roles']).toEqual({ label: { zh: '仓库主管', en: '仓库主管' } })
    expect(changes['permissions']![code]).toEqual({ read: 'department-tree', create: 'all' })
    expect(changes['field_rules']![code]).toEqual({ phone: 'masked' })
  })

  it('of a plugin differ only where they were changed, and go back without a trace', async () => {
    await open('/admin/roles')
    await page.locator('[data-test=role][data-id=sales]').click()
    const read = page.locator('[data-test=grants][data-id="quotes.quote"] [data-test=grant-read]')
    expect(await read.inputValue()).toBe('own')
    await read.selectOption('all')
    await test('draft-count').waitFor()
    await read.selectOption('own')
    await expect.poll(count).toContain('没有')
  })

  it('explain why somebody sees a record', async () => {
    await open('/admin/roles')
    await test('tab-view-as').click()
    await choose('view-as-person', '王丽')
    await test('view-as-address').fill(`${server.address}/records/crm.customer/501`)
    const request = page.waitForRequest((one) => one.url().includes('/records/crm.customer/501/access'))
    await test('view-as-ask').click()
    expect((await request).url()).toContain('as=11')
    expect(await test('view-as-answer').getAttribute('data-sees')).toBe('true')
    expect(await test('view-as-reason').textContent()).toContain('销售经理')
  })
})

describe('people', () => {
  it('join in one short dialog', async () => {
    await open('/admin/organisation')
    await test('person-new').click()
    await test('join-name').fill('赵敏')
    await test('join-login').fill('zhao.min')
    await choose('join-department', '销售部')
    await test('join-role-31').click()
    await page.route('**/api/v1/records/system.person', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 201, json: { id: '99' } }) : route.fallback(),
    )
    const made = sent('POST', '/records/system.person')
    const password = sent('POST', '/people/99/password')
    await test('join-save').click()
    expect((await made).postDataJSON()).toEqual({
      fields: { name: '赵敏', login: 'zhao.min', department: '42', superior: '11', roles: ['31'], active: true },
    })
    expect(((await password).postDataJSON() as { password: string }).password).toHaveLength(12)
  })

  it('are changed with the version that was read, and only where they were changed', async () => {
    await open('/admin/organisation')
    await page.click('[data-test=person][data-id="11"]')
    await choose('person-department', '华东区')
    await test('person-role-32').click()
    const request = sent('PATCH', '/records/system.person/11')
    await test('person-save').click()
    expect((await request).postDataJSON()).toEqual({ version: 1, fields: { department: '43', roles: ['31'] } })
  })

  it('leave, and hand over what they hold', async () => {
    await open('/admin/organisation')
    await page.click('[data-test=person][data-id="11"]')
    await test('person-leave').click()
    await expect.poll(() => test('leave-preview').textContent()).toMatch(/4 件.*客户 37 条.*李敏.*销售部.*流程“请假”/)
    const request = sent('POST', '/people/11/leave')
    await test('leave-confirm').click()
    expect((await request).postDataJSON()).toEqual({ hand_over_to: '12' })
    await page.getByText('37 条记录').waitFor()
  })

  it('come from a spreadsheet, after a report of the rows that fail', async () => {
    await open('/admin/organisation')
    await test('people-import').click()
    await test('import-file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('登录名,姓名\nzhao.min,赵敏\n') })
    await test('import-failure').filter({ hasText: '华北区' }).waitFor()
    // What a column is can be chosen, and what is not there made: each time it is tried anew.
    const asked = (wanted: Record<string, string>) =>
      page.waitForRequest((one) => {
        const { pathname, searchParams } = new URL(one.url())
        return pathname.endsWith('/people/import') && Object.entries(wanted).every(([name, value]) => searchParams.get(name) === value)
      })
    const columns = 'login,name,posts'
    const mapped = asked({ dry_run: 'true', columns })
    await choose('import-field-2', '岗位')
    await mapped
    const made = asked({ dry_run: 'true', columns, make_missing: 'true' })
    await test('import-make').click()
    await made
    await test('import-made-posts').filter({ hasText: '经理' }).waitFor()
    const failing = page.waitForEvent('download')
    await test('import-failures').click()
    expect((await failing).suggestedFilename()).toBe('有问题的行.csv')
    const request = asked({ dry_run: 'false', columns, make_missing: 'true' })
    await test('import-apply').click()
    expect((await request).postData()).toContain('zhao.min')
    await page.getByText('已导入').waitFor()
  })

  it('come from another system, after a look at who is taken for whom', async () => {
    await open('/admin/organisation')
    await test('sync-source').click()
    const told = (id: string) => page.locator(`[data-test=sync-item][data-id="${id}"]`).textContent()
    await test('sync-item').first().waitFor()
    expect(await told('LiMin')).toMatch(/手机号相同，认作“李敏”。.*更新：部门/)
    expect(await told('WuMing')).toContain('不止一个')
    expect(await told('XinRen')).toContain('新建')
    expect(await test('sync-people').textContent()).toContain('没有变化 12')
    const request = sent('POST', '/organisation/sources/wecom.wecom/apply')
    await test('sync-apply').click()
    expect((await request).postDataJSON()).toEqual({ plan: 'looked-at' })
    await page.getByText('已同步').waitFor()
  })

  it('who are gone there are handed over here, and not by themselves', async () => {
    await open('/admin/organisation')
    await test('sync-source').click()
    await test('sync-leave').click()
    await test('leave-preview').waitFor()
  })

  it('are read again when something has changed since they were looked at', async () => {
    await page.route('**/api/v1/organisation/sources/*/apply', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        json: { title: '', status: 409, code: 'sync.look-again', detail: { zh: '情况有变', en: 'It has changed' }, fields: [] },
      }),
    )
    await open('/admin/organisation')
    await test('sync-source').click()
    await test('sync-apply').click()
    await test('sync-problem').filter({ hasText: '情况有变' }).waitFor()
    const request = sent('POST', '/organisation/sources/wecom.wecom/preview')
    await test('sync-again').click()
    await request
    await test('sync-problem').waitFor({ state: 'detached' })
  })

  it('are disconnected from another system by an administrator', async () => {
    await open('/admin/organisation')
    await page.click('[data-test=person][data-id="11"]')
    const request = sent('DELETE', '/people/11/connections/wecom.wecom')
    await test('person-connection-end').click()
    await request
  })

  it('belong to departments that are moved by mouse', async () => {
    await open('/admin/organisation')
    await test('tab-departments').click()
    const request = sent('PATCH', '/records/system.department/43')
    await page.locator('[data-test=department][data-id="43"]').dragTo(page.locator('[data-test=department][data-id="44"]'))
    expect((await request).postDataJSON()).toEqual({ version: 1, fields: { parent: '44' } })
  })
})
