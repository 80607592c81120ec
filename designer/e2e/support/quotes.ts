/** Writing a quote, field by field. */
import type { Person } from './person'

/** A new quote with everything but its lines. */
export async function openNewQuote(seller: Person, title: string): Promise<void> {
  await seller.test('menu-records-quotes.quote').click()
  await seller.test('record-new').click()
  await seller.test('field-title').locator('input').fill(title)
  await seller.test('field-customer').locator('input').click()
  await seller.page.getByRole('option').filter({ visible: true }).first().click()
  for (const [field, date] of Object.entries({ date: '2026-12-01', valid_until: '2026-12-31' })) {
    await seller.test(`field-${field}`).locator('input').fill(date)
    await seller.page.keyboard.press('Enter')
  }
}

export async function writeLine(seller: Person, line: Record<string, string>): Promise<void> {
  await seller.test('line-add').click()
  for (const [column, value] of Object.entries(line)) {
    await seller.test(`cell-${column}`).last().locator('input').fill(value)
  }
}
