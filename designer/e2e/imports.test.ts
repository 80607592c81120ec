/**
 * A company moves in: a module is installed, its people come from a workbook, and customers, products and orders with their
 * lines from the files of another system, in the shape of the Northwind files. What fails says why, is mended and brought
 * in again; what was a mistake is undone; and everything can leave as files.
 */
import { expect, it } from 'vitest'
import { sampleCompany } from './support/company'
import { Desk } from './support/desk'
import { Imports } from './support/imports'
import { packed } from './support/kapok'
import type { Person } from './support/person'
import { workbook } from './support/workbook'

const CUSTOMER = 'customers.customer'
const PRODUCT = 'orders.product'
const ORDER = 'orders.order'

const signIn = sampleCompany()

// Each goes on where the one before has come to.
it('a module is installed, and people come from a workbook', async () => {
  await administratorInstalls()
  await administratorBringsPeople()
})

it('more people come from the file of another system, as it is', otherSystemsPeople)

it('customers and products come from files', async () => {
  const { leader, imports } = await leads()
  await bringCustomers(leader, imports)
  await bringProducts(imports)
  await leader.leave()
})

it('orders come from files, with their lines', async () => {
  const { leader, imports } = await leads()
  await bringOrders(leader, imports)
  await bringLines(leader, imports)
  await leader.leave()
})

it('a mistake is undone, and everything leaves as files', async () => {
  const { leader, imports } = await leads()
  await undoAMistake(leader, imports)
  await takeAway(imports)
  await leader.leave()
})

it('who may see it sees what became of it', whoReads)

/** The file of the module, what it asks for, and that it runs. */
async function administratorInstalls(): Promise<void> {
  const admin = await signIn('admin')
  await admin.open('/admin/plugins')
  await admin.test('plugin-file').setInputFiles(await packed('plugin-orders'))
  await admin.test('plugin-agree').waitFor()
  await admin.picture('imports-plugin')
  await admin.test('plugin-agree').click()
  await admin.page.locator('[data-test=plugin][data-id=orders][data-state=on]').waitFor()
  await admin.leave()
}

/** A superior may stand below those who report to them; a row that cannot be taken says why and holds nobody up. */
async function administratorBringsPeople(): Promise<void> {
  const admin = await signIn('admin')
  await admin.open('/admin/organisation')
  const people = [
    ['工号', '姓名', '部门', '直接上级', '角色', '入职日期'],
    [1, 'Nancy Davolio', 'sales-1', 2, 'sales', new Date(Date.UTC(1992, 4, 1))],
    [5, 'Steven Buchanan', 'sales-1', 2, 'sales', new Date(Date.UTC(1993, 9, 17))],
    [6, 'Michael Suyama', 'nowhere', 5, 'sales', ''],
    [2, 'Andrew Fuller', 'sales', 'zhao.jianhua', 'sales-manager', new Date(Date.UTC(1992, 7, 14))],
  ]
  const file = { name: '员工.xlsx', mimeType: 'application/octet-stream', buffer: workbook(people) }
  await admin.test('people-import').click()
  await admin.test('import-file').setInputFiles(file)
  await admin.test('import-failure').filter({ hasText: '“nowhere”不存在' }).waitFor()
  expect(await admin.test('import-report').innerText()).toContain('3')
  await admin.picture('imports-people')
  await admin.test('import-apply').click()
  await admin.test('import-apply').waitFor({ state: 'hidden' })
  people[3]![2] = 'sales-1'
  await admin.test('people-import').click()
  await admin.test('import-file').setInputFiles({ ...file, buffer: workbook(people) })
  await admin.test('import-report').waitFor()
  expect(await admin.test('import-failure').count()).toBe(0)
  await admin.test('import-apply').click()
  await admin.test('import-apply').waitFor({ state: 'hidden' })

  await admin.test('people-search').locator('input').or(admin.page.locator('input[data-test=people-search]')).first().fill('Nancy')
  await admin.test('person').filter({ hasText: 'Nancy Davolio' }).click()
  await admin.test('person-superior').getByText('Andrew Fuller').waitFor()
  await admin.leave()
}

/** What its columns are is said; names are put together, logins made of them, and posts that are not there yet made. */
async function otherSystemsPeople(): Promise<void> {
  const admin = await signIn('admin')
  await admin.open('/admin/organisation')
  const file =
    'employee_id,last_name,first_name,title,title_of_courtesy,hire_date,home_phone,reports_to\n' +
    '3,Leverling,Janet,Sales Representative,Ms.,1992-04-01,(206) 555-3412,8\n' +
    '8,Callahan,Laura,"Inside Sales, Coordinator",Ms.,1994-03-05,(206) 555-1189,2\n'
  await admin.test('people-import').click()
  await admin.test('import-file').setInputFiles({ name: 'employees.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
  await admin.test('import-column-3').waitFor()
  await admin.test('import-field-3').click()
  await admin.option('岗位').click()
  await admin.test('import-failure').filter({ hasText: '“Inside Sales, Coordinator”不存在' }).waitFor()
  await admin.test('import-make').click()
  await admin.test('import-made-posts').filter({ hasText: 'Inside Sales, Coordinator' }).waitFor()
  await admin.test('import-login').click()
  await admin.option('姓名（如 zhang.wei、nancy.davolio）').click()
  await admin.test('preview-row').filter({ hasText: 'janet.leverling' }).filter({ hasText: 'Laura Callahan' }).waitFor()
  await admin.picture('imports-employees')
  await admin.test('import-apply').click()
  await admin.test('import-apply').waitFor({ state: 'hidden' })
  const search = admin.test('people-search').locator('input').or(admin.page.locator('input[data-test=people-search]')).first()
  await search.fill('Callahan')
  await admin.test('person').filter({ hasText: 'Laura Callahan' }).click()
  // The number is none of the file's, so it is the sign-in name of somebody who is here.
  await admin.test('person-superior').getByText('Andrew Fuller').waitFor()
  await admin.leave()
}

/** Columns that are called otherwise, a look at the first rows, a dry run, duplicates, rows that fail and are mended. */
async function bringCustomers(leader: Person, imports: Imports): Promise<void> {
  const columns = { customer_id: '客户编号', company_name: '客户名称 *', postal_code: '邮编' }
  const head = 'customer_id,company_name,address,postal_code,phone\n'
  const rows = [
    'ALFKI,Alfreds Futterkiste,Obere Str. 57,12209,030-0074321',
    'VINET,Vins et alcools Chevalier,59 rue de l\'Abbaye,51100,26.47.15.10',
    'ALFKI,Alfred,,,',
    'TOMSP,Toms Spezialitäten,Luisenstr. 48,44087 Münster in Westfalen,0251-031259',
    'HANAR,Hanari Carnes,"Rua do Paço, 67",05454-876,(21) 555-0091',
  ]
  await imports.begin(CUSTOMER, '客户.csv', head + rows.join('\n'), { columns })
  const preview = await imports.preview()
  expect(preview).toHaveLength(5)
  expect(preview[3]).toContain('邮编')
  await leader.picture('imports-preview')
  expect(await imports.check()).toEqual({ created: 3, updated: 0, skipped: 0, failed: 2 })
  // Nothing is stored by a check.
  const other = await signIn('zhao.jianhua')
  await other.open(`/records/${CUSTOMER}`)
  await other.test('record').first().waitFor()
  await new Desk(other).search('Alfreds')
  await other.page.getByText('没有').first().waitFor()
  await other.leave()
  expect(await imports.run()).toEqual({ created: 3, updated: 0, skipped: 0, failed: 2 })
  await leader.test('import-failure-reason').filter({ hasText: '邮编' }).filter({ hasText: '第 5 行' }).waitFor()
  const failed = await imports.failures()
  expect(failed).toMatch(/ALFKI,Alfred,.*,4,/)
  expect(failed).toMatch(/TOMSP,.*,5,.*邮编/)
  await leader.picture('imports-failed')

  // The file of failed rows, mended, with one that is there already: found by its number, it is left out.
  const mended = 'customer_id,company_name,address,postal_code,phone,行号,原因\nTOMSP,Toms Spezialitäten,Luisenstr. 48,44087,0251-031259,5,\n' + rows[0]
  await imports.begin(CUSTOMER, '客户-失败行.csv', mended, { columns, duplicates: '跳过这一行' })
  expect(await imports.check()).toEqual({ created: 1, updated: 0, skipped: 1, failed: 0 })
  expect(await imports.run()).toEqual({ created: 1, updated: 0, skipped: 1, failed: 0 })
}

async function bringProducts(imports: Imports): Promise<void> {
  const products =
    'product_id,product_name,category_id,quantity_per_unit,unit_price,units_in_stock,discontinued\n' +
    '11,Queso Cabrales,4,1 kg pkg.,21,22,0\n42,Singaporean Hokkien Fried Mee,5,32 - 1 kg pkgs.,14,26,1\n72,Mozzarella di Giovanni,4,24 - 200 g pkgs.,34.7999992,14,0\n'
  await imports.begin(PRODUCT, 'products.csv', products, { columns: { product_id: '产品编号 *' } })
  expect(await imports.check()).toEqual({ created: 3, updated: 0, skipped: 0, failed: 0 })
  expect(await imports.run()).toEqual({ created: 3, updated: 0, skipped: 0, failed: 0 })
}

/** What names customers and people by their numbers in the other system. */
async function bringOrders(leader: Person, imports: Imports): Promise<void> {
  const orders =
    'order_id,customer_id,employee_id,order_date,required_date,shipped_date,ship_via,freight,ship_name\n' +
    '10248,VINET,5,1996-07-04,1996-08-01,1996-07-16,3,32.3800011,Vins et alcools Chevalier\n' +
    '10249,TOMSP,6,1996-07-05,1996-08-16,,1,11.6099997,Toms Spezialitäten\n' +
    '10250,NOBOD,4,1996/7/8,1996-08-05,1996-07-12,9,65.83,Nobody\n'
  const columns = { order_id: '订单编号 *', employee_id: '负责人' }
  await imports.begin(ORDER, 'orders.csv', orders, { columns })
  expect(await imports.check()).toEqual({ created: 2, updated: 0, skipped: 0, failed: 1 })
  const failed = await imports.failures()
  for (const reason of ['找不到“NOBOD”', '找不到“4”', '“9”不在可选范围内']) expect(failed).toContain(reason)
  expect(await imports.run()).toEqual({ created: 2, updated: 0, skipped: 0, failed: 1 })
  await leader.open(`/records/${ORDER}`)
  await leader.test('record').filter({ hasText: '10248' }).filter({ hasText: 'Vins et alcools Chevalier' }).waitFor()
}

/** The lines lie in a workbook of their own: rows with the same order number are the lines of that order. */
async function bringLines(leader: Person, imports: Imports): Promise<void> {
  const lines = workbook([
    ['order_id', 'product_id', 'unit_price', 'quantity', 'discount'],
    [10248, 11, 14, 12, 0],
    [10248, 42, 9.800000190734863, 10, 0.15000000596046448],
    [10248, 72, 34.79999923706055, 5, 0],
    [10249, 11, 18.600000381469727, 9, 0],
    [10249, 99, 42.4, 40, 0],
  ])
  await imports.begin(ORDER, 'order_details.xlsx', lines, { columns: { order_id: '订单编号 *' }, mode: '只更新已有的' })
  await leader.test('import-lines').waitFor()
  const preview = await imports.preview()
  expect(preview).toHaveLength(2)
  expect(preview[0]).toContain('Queso Cabrales / Singaporean Hokkien Fried Mee / Mozzarella di Giovanni')
  await leader.picture('imports-lines')
  expect(await imports.check()).toEqual({ created: 0, updated: 1, skipped: 0, failed: 2 })
  expect(await imports.run()).toEqual({ created: 0, updated: 1, skipped: 0, failed: 2 })
  expect(await imports.failures()).toContain('第 6 行：产品：找不到“99”')
  await leader.open(`/records/${ORDER}`)
  // 168 + 83.30 + 174
  await leader.test('record').filter({ hasText: '10248' }).filter({ hasText: '425.30' }).locator('a').first().click()
  await leader.test('record-edit').waitFor()
  await leader.picture('imports-order')
  await leader.page.getByText('Mozzarella di Giovanni').first().waitFor()
}

/** Orders and lines in one file, the order's own columns in its first row only: brought in by mistake, and undone. */
async function undoAMistake(leader: Person, imports: Imports): Promise<void> {
  const both =
    '订单编号,客户,订单日期,产品,单价,数量\n90001,ALFKI,2026年11月3日,Queso Cabrales,21,1\n,,,42,14,2\n90002,HANAR,2026/11/4,72,34.8,1\n'
  await imports.begin(ORDER, '订单.csv', both)
  expect(await imports.check()).toEqual({ created: 2, updated: 0, skipped: 0, failed: 0 })
  expect(await imports.run()).toEqual({ created: 2, updated: 0, skipped: 0, failed: 0 })
  const address = leader.page.url()
  await leader.open(`/records/${ORDER}`)
  await leader.test('record').filter({ hasText: '90001' }).filter({ hasText: '49.00' }).waitFor()
  await leader.page.goto(address)
  expect(await imports.undo()).toEqual({ undone: 2, kept: 0 })
  await leader.open(`/records/${ORDER}`)
  await leader.test('record').filter({ hasText: '10248' }).waitFor()
  expect(await leader.test('record').filter({ hasText: '90001' }).count()).toBe(0)
}

/** What came in goes out again; a workbook that comes back says nothing new. */
async function takeAway(imports: Imports): Promise<void> {
  const orders = (await imports.exported(ORDER, 'csv')).toString('utf8')
  expect(orders).toContain('10248,Vins et alcools Chevalier,1996-07-04,425.30')
  // With its lines, each a row, which come back as the same lines.
  const lines = await imports.exported(ORDER, 'lines')
  await imports.begin(ORDER, '订单明细.xlsx', lines, { mode: '只更新已有的' })
  expect(await imports.preview()).toHaveLength(2)
  expect(await imports.check()).toEqual({ created: 0, updated: 0, skipped: 0, failed: 0 })
  const customers = await imports.exported(CUSTOMER, 'xlsx')
  await imports.begin(CUSTOMER, '客户.xlsx', customers, { mode: '只更新已有的' })
  const { updated, failed } = await imports.check()
  expect([updated, failed]).toEqual([0, 0])
}

/** The customer who has ordered is an existing one, and shows the order. */
async function whoReads(): Promise<void> {
  const chief = await signIn('chen.guodong')
  await chief.open(`/records/${CUSTOMER}`)
  await new Desk(chief).search('Vins et alcools')
  const found = chief.test('record').filter({ hasText: 'Vins et alcools' })
  await found.waitFor()
  await chief.open(`/records/${CUSTOMER}/${await found.getAttribute('data-id')}`)
  await chief.test('record-meta').waitFor()
  await chief.picture('imports-customer')
  await chief.page.getByText('老客户', { exact: true }).first().waitFor()
  await new Desk(chief).tab('related-orders')
  await chief.page.getByText('425.30').first().waitFor()
  await chief.leave()
}

async function leads(): Promise<{ leader: Person; imports: Imports }> {
  const leader = await signIn('zhao.jianhua')
  return { leader, imports: new Imports(leader) }
}
