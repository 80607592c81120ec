/**
 * An exact decimal number, kept as its digits. JSON allows any number of digits, a JavaScript number holds about
 * fifteen; money must not lose its last one.
 */
export class Decimal {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

const numeric = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/

/** Reads what a person typed (`1,200.50`, full-width digits too); null when it is not a number. */
export function parseDecimal(typed: string): Decimal | null {
  const plain = typed.normalize('NFKC').replace(/[,\s]/g, '').replace(/^\+/, '')
  if (!numeric.test(plain)) return null
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(plain) ?? []
  const digits = whole.replace(/^0+(?=\d)/, '') || '0'
  return new Decimal(`${sign}${digits}${fraction ? `.${fraction}` : ''}`)
}

/** The digits of a number out of JSON, without exponent; empty for everything else. */
export function decimalText(value: unknown): string {
  if (value instanceof Decimal) return value.text
  if (typeof value === 'number' && Number.isFinite(value)) return withoutExponent(String(value))
  if (typeof value === 'string') return parseDecimal(value)?.text ?? ''
  return ''
}

/** How many digits stand after the point of an amount. */
export function placesOf(currency = 'CNY'): number {
  return currency === 'JPY' || currency === 'KRW' ? 0 : 2
}

/** `4200.5` as `4200.50`; nothing is ever cut off. */
export function withPlaces(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.')
  const tail = fraction.padEnd(places, '0')
  return whole && tail ? `${whole}.${tail}` : whole
}

/** `1234567.5` as `1,234,567.5`, with at least `places` digits after the point. */
export function groupedText(text: string, places = 0): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(text) ?? []
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const tail = fraction.padEnd(places, '0')
  return `${sign}${grouped}${tail ? `.${tail}` : ''}`
}

function withoutExponent(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const point = whole.length + Number(exponent)
  const digits = whole + fraction
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
