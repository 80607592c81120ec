/** Readable texts of several persons or records in one field, by `field.0`, `field.1`, … */
export function namesOf(display: Record<string, string>, field: string): string[] {
  const names: string[] = []
  for (let index = 0; ; index += 1) {
    const name = display[`${field}.${index}`]
    if (name === undefined) break
    names.push(name)
  }
  return names.length > 0 ? names : (display[field]?.split(/、|, /) ?? [])
}
