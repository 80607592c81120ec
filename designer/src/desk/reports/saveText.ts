/** Hands a text to the browser to keep as a file. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  // What a file system takes for a part of a path is no part of a name.
  link.download = name.replace(/[\\/:*?"<>|]/g, '_')
  link.click()
  // Given back once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
