import { ApiError } from '@/api/client'
import { t, text } from '@/i18n'
import { mistakes, type Drafts, type Problems } from './draft'
import type { FormField } from '@/api/types'

/** What the server says about single fields, by path. */
export function fieldProblems(error: unknown): Problems {
  if (!(error instanceof ApiError)) return {}
  return Object.fromEntries(error.problem.fields.map(({ field, text: words }) => [field, text(words)]))
}

/** What is visibly missing or no number, in words, by path; `lenient` lets what is missing pass. */
export function localProblems(fields: readonly FormField[], drafts: Drafts, lenient = false): Problems {
  const found = Object.entries(mistakes(fields, drafts))
  const counted = lenient ? found.filter(([, key]) => key === 'forms.mistake.number') : found
  return Object.fromEntries(counted.map(([path, key]) => [path, t(key)]))
}
