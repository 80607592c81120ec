/** An automatic number in parts people think in: what stands in front, which part of the date, how many digits. */

export const DATE_PARTS = ['', 'yyyy', 'yyyyMM', 'yyyyMMdd'] as const
export type DatePart = (typeof DATE_PARTS)[number]

export interface NumberParts {
  prefix: string
  date: DatePart
  digits: number
}

export function parsePattern(pattern: string): NumberParts | undefined {
  const found = /^([^{}]*?)(?:\{(yyyy(?:MM(?:dd)?)?)\})?-?\{(0+)\}$/.exec(pattern)
  if (!found) return undefined
  const [, prefix = '', date = '', zeros = ''] = found
  return { prefix, date: DATE_PARTS.find((part) => part === date) ?? '', digits: zeros.length }
}

export function writePattern({ prefix, date, digits }: NumberParts): string {
  const count = `{${'0'.repeat(Math.min(9, Math.max(1, digits)))}}`
  const front = prefix.replace(/[{}]/g, '')
  return date ? `${front}{${date}}-${count}` : `${front}${count}`
}

/** What the first number of a day would be. */
export function sampleNumber({ prefix, date, digits }: NumberParts, today: string): string {
  const [year = '', month = '', day = ''] = today.split('-')
  const written = { '': '', yyyy: year, yyyyMM: year + month, yyyyMMdd: year + month + day }[date]
  return `${prefix}${written}${date ? '-' : ''}${'1'.padStart(digits, '0')}`
}
