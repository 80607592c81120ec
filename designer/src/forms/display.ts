/** A value as people read it. */
import { Decimal, decimalText, groupedText, placesOf } from '@/api/decimal'
import type { Field, Json } from '@/api/types'
import { t, text } from '@/i18n'
import { dateTime } from '@/i18n/format'
import { asAddress, asFiles } from './parts'
import { plainText } from './richText'
import { pathTo } from './tree'

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
    case 'decimal':
      return groupedText(decimalText(value), field.scale)
    case 'date-time':
      return typeof value === 'string' ? dateTime(value) : ''
    case 'time':
      return typeof value === 'string' ? value.slice(0, 5) : ''
    case 'choice':
      return listed(value, (id) => choiceText(field, id))
    case 'tree-choice':
      return listed(value, (id) => pathText(field, id))
    case 'rich-text':
      return typeof value === 'string' ? plainText(value) : ''
    case 'attachment':
    case 'picture':
      return asFiles(value).map(({ name }) => name).join(t('forms.comma'))
    case 'address':
      return addressText(field, value)
    case 'formula':
    case 'roll-up':
      return resultText(field, value, named)
    case 'lines':
      return Array.isArray(value) ? t('forms.lineCount', { n: value.length }) : ''
    default:
      return named ?? listed(value, (part) => nameIn(part) ?? plain(part))
  }
}

function listed(value: Json, words: (part: Json) => string): string {
  return Array.isArray(value) ? value.map(words).join(t('forms.comma')) : words(value)
}

function choiceText(field: Field, id: Json): string {
  const choice = field.choices?.find((one) => one.id === id)
  return choice ? text(choice.label) : plain(id)
}

function pathText(field: Field, id: Json): string {
  const path = pathTo(field.choices ?? [], plain(id))
  return path.length > 0 ? path.map(({ label }) => text(label)).join(' / ') : plain(id)
}

/** The same without what an entry stands below. */
export function leafText(field: Field, value: Json | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  return listed(value, (id) => choiceText(field, id))
}

function addressText(field: Field, value: Json): string {
  const { region, detail, postcode } = asAddress(value)
  return [region && pathText(field, region).replaceAll(' / ', ' '), detail, postcode].filter(Boolean).join(' ')
}

/** What a formula comes to is shown as its type is. */
function resultText(field: Field, value: Json, named?: string): string {
  if (field.result) return displayText({ ...field, type: field.result }, value, named)
  if (named !== undefined) return named
  const isNumber = typeof value === 'number' || value instanceof Decimal
  return isNumber ? groupedText(decimalText(value), field.scale) : listed(value, plain)
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
