/** Departments below each other. */
import type { Department } from './staff'

export interface DepartmentRow {
  department: Department
  depth: number
  hasBelow: boolean
}

/** In reading order. Those in a circle, which is a mistake, stand at the top so that it can be mended. */
export function departmentRows(departments: readonly Department[], closed: ReadonlySet<string> = new Set()): DepartmentRow[] {
  const ids = new Set(departments.map(({ id }) => id))
  const rows: DepartmentRow[] = []
  const seen = new Set<string>()
  const put = (department: Department, depth: number) => {
    if (seen.has(department.id)) return
    seen.add(department.id)
    const below = departments.filter(({ parent }) => parent === department.id)
    rows.push({ department, depth, hasBelow: below.length > 0 })
    for (const one of below) {
      if (closed.has(department.id)) hide(one)
      else put(one, depth + 1)
    }
  }
  const hide = (department: Department) => {
    if (seen.has(department.id)) return
    seen.add(department.id)
    for (const one of departments) if (one.parent === department.id) hide(one)
  }
  for (const department of departments) if (!ids.has(department.parent)) put(department, 0)
  for (const department of departments) put(department, 0)
  return rows
}

/** Itself and everything below: a department cannot be moved there. */
export function withBelow(departments: readonly Department[], id: string): Set<string> {
  const found = new Set([id])
  for (let grown = true; grown; ) {
    grown = false
    for (const department of departments) {
      if (found.has(department.parent) && !found.has(department.id)) {
        found.add(department.id)
        grown = true
      }
    }
  }
  return found
}

/** `  Sales` for a chooser: how deep a department lies is seen by its indent. */
export function departmentOptions(departments: readonly Department[]): { value: string; label: string }[] {
  return departmentRows(departments).map(({ department, depth }) => ({ value: department.id, label: '　'.repeat(depth) + department.name }))
}
