/** Writing a quote, field by field. */
import type { Person } from './person'

/** A new quote with everything but its lines; its dates are there already. */
export async function openNewQuote(seller: Person, title: string): Promise<void> {
  await seller.test('menu-records-quotes.quote').click()
  await seller.test('record-new').click()
  await seller.test('field-title').locator('input').fill(title)
  await seller.test('field-customer').locator('input').click()
  await seller.page.getByRole('option').filter({ visible: true }).first().click()
}

export async function writeLine(seller: Person, line: Record<string, string>): Promise<void> {
  await seller.test('line-add').click()
  for (const [column, value] of Object.entries(line)) {
    await seller.test(`cell-${column}`).last().locator('input').fill(value)
  }
}
