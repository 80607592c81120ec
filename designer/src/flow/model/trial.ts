/** Trying a drawn request: which values it needs, and the values that were made up for them. */
import { parseJson } from '@/api/json'
import type { Factory, ModdleElement } from './moddle'
import { writeRequest, type HttpRequest } from './requests'

/** A name in expressions, such as `record.number`, and what was typed for it. */
export interface Sample {
  name: string
  value: string
}

/** What is said in expressions without being a name of a value. */
const WORDS = new Set('and as const else empty false fn for if in let not null or return then this throw true while'.split(' '))
const TEXTS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g
/** A path of names that is not part of a longer one, nor a key of a map, nor a function. */
const PATHS = /(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?!\w)/g

/** The values that a request needs, in the order in which it speaks of them. */
export function neededValues(request: HttpRequest): string[] {
  const places = [...request.url.matchAll(/\{([^{}]*)\}/g)].map(([, place = '']) => place)
  const expressions = [
    ...request.query.map(({ value }) => value),
    ...request.headers.filter(({ secret }) => secret === undefined).map(({ value }) => value),
    request.body?.value ?? '',
  ]
  return [...new Set([...places, ...expressions].flatMap(pathsIn))]
}

function pathsIn(expression: string): string[] {
  const text = expression.replace(TEXTS, (quoted) => ' '.repeat(quoted.length))
  return [...text.matchAll(PATHS)].flatMap(([path, ], at, all) => {
    const after = text.slice((all[at]?.index ?? 0) + path.length).trimStart()
    if (after.startsWith(':') || WORDS.has(path)) return []
    if (!after.startsWith('(')) return [path]
    // The last name is a function; what it is asked of is a value.
    const of = path.slice(0, Math.max(0, path.lastIndexOf('.')))
    return of === '' ? [] : [of]
  })
}

/** The values as the request sees them: `record.number` is a field of `record`; a number or JSON is what it says. */
export function sampleValues(samples: readonly Sample[], isText: (name: string) => boolean): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { name, value } of samples) {
    const path = name.split('.')
    const last = path.pop() ?? name
    let inside = values
    for (const part of path) {
      const known = Object.hasOwn(inside, part) ? inside[part] : undefined
      inside = isMap(known) ? known : ((inside[part] = {}) as Record<string, unknown>)
    }
    inside[last] = isText(name) ? value : meant(value)
  }
  return values
}

function meant(value: string): unknown {
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Writes elements as XML. */
export interface ElementWriter {
  toXML(element: ModdleElement, options: { preamble: boolean }): Promise<{ xml: string }>
}

/** The request as it stands in the file. */
export async function requestXml(writer: ElementWriter, factory: Factory, request: HttpRequest): Promise<string> {
  const { xml } = await writer.toXML(writeRequest(factory, request), { preamble: false })
  return xml
}
