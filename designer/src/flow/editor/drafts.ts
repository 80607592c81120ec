/** Drafts keep themselves in this browser, one per process, until the process is published. */

export interface Draft {
  xml: string
  /** The version it started from; null for a process that was never published. */
  base: number | null
  /** RFC 3339, UTC. */
  savedAt: string
}

const PREFIX = 'kapok.flow.draft.'

/** The draft of a process, if there is one. */
export function readDraft(key: string, storage: Storage = localStorage): Draft | undefined {
  const stored = storage.getItem(PREFIX + key)
  if (stored === null) return undefined
  try {
    const draft: unknown = JSON.parse(stored)
    return isDraft(draft) ? draft : undefined
  } catch {
    return undefined
  }
}

/** Keeps a draft; false when the browser has no room for it. */
export function writeDraft(key: string, draft: Draft, storage: Storage = localStorage): boolean {
  try {
    storage.setItem(PREFIX + key, JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}

/** Forgets the draft of a process. */
export function removeDraft(key: string, storage: Storage = localStorage): void {
  storage.removeItem(PREFIX + key)
}

/** The keys of all processes that have a draft here. */
export function draftKeys(storage: Storage = localStorage): string[] {
  return Object.keys(storage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
}

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'xml' in value &&
    typeof value.xml === 'string' &&
    'base' in value &&
    (value.base === null || typeof value.base === 'number') &&
    'savedAt' in value &&
    typeof value.savedAt === 'string'
  )
}
