/**
 * What was entered and not sent, kept for this tab: going to another page, a reload or a lost connection loses nothing.
 * It ends with the tab and with signing out, because others may use the same computer.
 */
import { parseJson, writeJson } from '@/api/json'
import type { Values } from '@/api/types'
import type { Drafts } from './draft'

const prefix = 'kapok.draft.'

export interface Kept {
  /** What the form was read with. */
  values: Values
  drafts: Drafts
}

export function keep(key: string, kept: Kept): void {
  try {
    sessionStorage.setItem(prefix + key, writeJson(kept))
  } catch {
    // The storage is full or switched off: the form still works, only a reload would lose it.
  }
}

export function recall(key: string): Kept | null {
  const text = sessionStorage.getItem(prefix + key)
  return text === null ? null : (parseJson(text) as Kept)
}

export function forget(key: string): void {
  sessionStorage.removeItem(prefix + key)
}

export function forgetAll(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
}
