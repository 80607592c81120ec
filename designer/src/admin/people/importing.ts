/** How a file of people is read: pure. */
import type { ImportReport, PeopleSettings } from './staff'

export const firstSettings = (): PeopleSettings => ({ make_missing: false, roles: [] })

/** What a column is; no two columns are the same. */
export function chooseColumn(report: ImportReport, index: number, target: string | null): (string | null)[] {
  return report.columns.map((column, at) => (at === index ? target : column.target === target ? null : column.target))
}

/** The columns of the preview: first who it is, then what else is said. */
export function shownTargets({ columns, targets }: ImportReport): string[] {
  const chosen = new Set(columns.map(({ target }) => target))
  const parts = new Set(['id', 'first_name', 'last_name', 'login', 'name'])
  return ['login', 'name', ...targets.map(({ id }) => id).filter((id) => chosen.has(id) && !parts.has(id))]
}
