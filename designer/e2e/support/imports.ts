/** Records from files as people bring them in. */
import { readFile } from 'node:fs/promises'
import type { Person } from './person'

interface Wanted {
  /** The headings whose field somebody chooses, since it is called otherwise. */
  columns?: Record<string, string>
  mode?: string
  duplicates?: string
}

/** What came of the rows. */
export interface Counts {
  created: number
  updated: number
  skipped: number
  failed: number
}

export class Imports {
  constructor(private readonly person: Person) {}

  /** Brings a file in and says what its columns are. */
  async begin(entity: string, name: string, file: string | Buffer, wanted: Wanted = {}): Promise<void> {
    const { person } = this
    await person.open(`/records/${entity}`)
    await person.test('record-import').click()
    const mimeType = typeof file === 'string' ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    await person.test('import-file').setInputFiles({ name, mimeType, buffer: Buffer.from(file) })
    await person.test('import-column-0').waitFor()
    for (const [heading, field] of Object.entries(wanted.columns ?? {})) {
      const column = person.page.locator('[data-test^=import-column-]').filter({ has: person.page.getByText(heading, { exact: true }) })
      await this.choose(column.locator('.el-select'), field)
    }
    if (wanted.mode) await this.choose(person.test('import-mode'), wanted.mode)
    if (wanted.duplicates) await this.choose(person.test('import-duplicates'), wanted.duplicates)
  }

  private async choose(select: ReturnType<Person['test']>, option: string): Promise<void> {
    await select.click()
    await this.person.option(option).click()
  }

  /** What the first rows would become, row by row. */
  async preview(): Promise<string[]> {
    await this.person.test('import-preview').click()
    const rows = this.person.test('preview-row')
    await rows.first().waitFor()
    return rows.allInnerTexts()
  }

  /** Checks all rows; nothing is stored. */
  async check(): Promise<Counts> {
    await this.person.test('import-check').click()
    return this.cameTo('checked')
  }

  /** Imports what was checked. */
  async run(): Promise<Counts> {
    await this.person.test('import-run').click()
    return this.cameTo('done')
  }

  private async cameTo(state: string): Promise<Counts> {
    const { person } = this
    await person.page.locator(`[data-test=import-state][data-state=${state}]`).waitFor({ timeout: 60_000 })
    const count = async (name: string) => Number(await person.test(`import-count-${name}`).locator('dd').innerText())
    return { created: await count('created'), updated: await count('updated'), skipped: await count('skipped'), failed: await count('failed') }
  }

  /** The rows that failed, as the file that can be downloaded. */
  failures(): Promise<string> {
    return this.downloaded(() => this.person.test('import-failures-csv').click())
  }

  /** A list as a file: `csv`, `xlsx`, or with the line items of a field. */
  async exported(entity: string, form: string): Promise<Buffer> {
    await this.person.open(`/records/${entity}`)
    await this.person.test('record').first().waitFor()
    await this.person.test('record-export').click()
    return this.bytes(() => this.person.test(`record-export-${form}`).click())
  }

  async undo(): Promise<{ undone: number; kept: number }> {
    const { person } = this
    await person.test('import-undo').click()
    await person.page.locator('.el-message-box .el-button--danger').click()
    await person.page.locator('[data-test=import-state][data-state=undone]').waitFor({ timeout: 60_000 })
    const count = async (name: string) => Number(await person.test(`import-count-${name}`).locator('dd').innerText())
    return { undone: await count('undone'), kept: await count('kept') }
  }

  private async downloaded(act: () => Promise<void>): Promise<string> {
    return (await this.bytes(act)).toString('utf8')
  }

  private async bytes(act: () => Promise<void>): Promise<Buffer> {
    const asked = this.person.page.waitForEvent('download')
    await act()
    return readFile(await (await asked).path())
  }
}
