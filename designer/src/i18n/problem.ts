/** What went wrong, in words for the person in front of the screen. */
import { ApiError } from '@/api/client'
import { t, text } from './index'

export function problemText(error: unknown): string {
  return error instanceof ApiError ? text(error.problem.detail) : t('app.problem.unexpected')
}
