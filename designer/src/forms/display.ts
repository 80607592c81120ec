/** A value as people read it. */
import { Decimal, decimalText, groupedText, placesOf } from '@/api/decimal'
import type { Field, Json } from '@/api/types'
import { t, text } from '@/i18n'
import { dateTime } from '@/i18n/format'

/** `named` is the readable text of a person, department or record, when the server gave one. */
export function displayText(field: Field, value: Json | undefined, named?: string): string {
  if (value === null || value === undefined || value === '') return ''
  switch (field.type) {
    case 'boolean':
      return value === true ? t('forms.yes') : t('forms.no')
    case 'money':
      return moneyText(value, field.currency)
    case 'number':
      return groupedText(decimalText(value))
    case 'date-time':
      return typeof value === 'string' ? dateTime(value) : ''
    case 'choice': {
      const choice = field.choices?.find(({ id }) => id === value)
      return choice ? text(choice.label) : String(value)
    }
    case 'lines':
      return Array.isArray(value) ? t('forms.lineCount', { n: value.length }) : ''
    default:
      return named ?? nameIn(value) ?? plain(value)
  }
}

const signs: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: '¥', HKD: 'HK$' }

function moneyText(value: Json, currency = 'CNY'): string {
  const digits = decimalText(value)
  if (!digits) return plain(value)
  const grouped = groupedText(digits.replace('-', ''), placesOf(currency))
  return `${digits.startsWith('-') ? '−' : ''}${signs[currency] ?? `${currency} `}${grouped}`
}

function nameIn(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Decimal) return undefined
  const name = value['name'] ?? value['title']
  return typeof name === 'string' ? name : undefined
}

function plain(value: Json): string {
  return typeof value === 'object' && !(value instanceof Decimal) ? '' : String(value)
}
