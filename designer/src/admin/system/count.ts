import { t } from '@/i18n'
import { wholeNumber } from '@/i18n/format'

/** The server counts no further. */
const counted = 10_000

/** `12`, `10,000 or more` */
export function count(value: number): string {
  const words = wholeNumber(value)
  return value >= counted ? t('admin.system.atLeast', { n: words }) : words
}
