/** A formula as a chain of values and signs, so that it can be put together by mouse. */

export const SIGNS = ['+', '-', '*', '/'] as const
export type Sign = (typeof SIGNS)[number]

export type Part = { kind: 'field'; id: string } | { kind: 'number'; text: string }

export interface Chain {
  first: Part
  rest: { sign: Sign; part: Part }[]
}

/** The chain that an expression is; nothing when it is more than that. */
export function parseChain(expression: string): Chain | undefined {
  const tokens = expression.match(/[a-z][a-z0-9_]*|\d+(?:\.\d+)?|[-+*/]|\S/g) ?? []
  const parts = tokens.filter((_, at) => at % 2 === 0).map(partOf)
  const signs = tokens.filter((_, at) => at % 2 === 1)
  const [first, ...others] = parts
  if (!first || parts.length !== signs.length + 1) return undefined
  const rest: Chain['rest'] = []
  for (const [index, part] of others.entries()) {
    const sign = SIGNS.find((one) => one === signs[index])
    if (!part || !sign) return undefined
    rest.push({ sign, part })
  }
  return { first, rest }
}

function partOf(token: string): Part | undefined {
  if (/^[a-z]/.test(token)) return { kind: 'field', id: token }
  return /^\d/.test(token) ? { kind: 'number', text: token } : undefined
}

const written = (part: Part) => (part.kind === 'field' ? part.id : part.text)

export function writeChain({ first, rest }: Chain): string {
  return [written(first), ...rest.flatMap(({ sign, part }) => [sign, written(part)])].join(' ')
}
