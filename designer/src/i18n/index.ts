/** The languages of the app: `t` for its own words, `text` for words that come from the server in both. */
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Language, Text } from '@/api/types'
import en from './en'
import type { MessageKey } from './keys'
import zh from './zh-CN'

export type { MessageKey } from './keys'

const stored = 'kapok.language'

function firstLanguage(): Language {
  const chosen = localStorage.getItem(stored) ?? navigator.language
  return chosen.startsWith('en') ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLanguage(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

export const language = computed(() => i18n.global.locale.value as Language)

export function setLanguage(next: Language): void {
  i18n.global.locale.value = next
  localStorage.setItem(stored, next)
  document.documentElement.lang = next
}

/** A message in the present language; `named` fills its `{placeholders}`. */
export function t(key: MessageKey, named: Record<string, string | number> = {}): string {
  return i18n.global.t(key, named)
}

/** Words that came in both languages. */
export function text(words: Text): string {
  return language.value === 'en' ? words.en || words.zh : words.zh || words.en
}
