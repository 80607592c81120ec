/** Names are written in one language and read in two. */
import type { Language, Text } from '@/api/types'

/** What was typed, for both languages until somebody says it in the other one. */
export function newLabel(typed: string): Text {
  return { zh: typed, en: typed }
}

/** A name changed in the language in use; the other language follows as long as it was never told apart. */
export function relabelled(label: Text | undefined, typed: string, language: Language): Text {
  if (!label) return newLabel(typed)
  const [mine, other] = language === 'en' ? (['en', 'zh'] as const) : (['zh', 'en'] as const)
  const follows = label[other] === label[mine] || label[other] === ''
  return { ...label, [mine]: typed, ...(follows && { [other]: typed }) }
}
