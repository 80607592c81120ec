/** Service tasks that are an HTTP request. */
import { child, children, integer, make, text, type Factory, type ModdleElement } from './moddle'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const
export type Method = (typeof METHODS)[number]
export const BODY_TYPES = ['json', 'form', 'text'] as const
export type BodyType = (typeof BODY_TYPES)[number]

/** A name and an expression for its value. */
export interface Named {
  name: string
  value: string
  language?: string
}

/** A header has a value, or a secret of the configuration behind a prefix. */
export interface Header extends Named {
  secret?: string
  prefix?: string
}

/** An HTTP request and what becomes of its answer. */
export interface HttpRequest {
  method: Method
  /** `{order.id}` in it stands for a value. */
  url: string
  query: Named[]
  headers: Header[]
  body?: { type: BodyType; value: string; language?: string }
  /** What is kept, by variable; sees `status`, `headers` and `body`. */
  outputs: Named[]
  /** Which statuses are an error that the drawing catches. */
  errors: { status: string; code: string }[]
  timeout?: string
  retries?: number
  /** The variable that receives the whole answer. */
  result?: string
  /** The statuses that are a success. */
  success?: string
  /** Whether a person decides when it is unknown if it has arrived. */
  ask: boolean
}

export const NEW_REQUEST: HttpRequest = { method: 'POST', url: '', query: [], headers: [], outputs: [], errors: [], ask: false }

/** Methods that only read have no body. */
export function hasBody(method: Method): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function named(element: ModdleElement, name: string): Named {
  const language = text(element, 'language')
  return { name: text(element, name) ?? '', value: text(element, 'body') ?? '', ...(language !== undefined && { language }) }
}

/** Reads `kapok:request`. */
export function readRequest(request: ModdleElement): HttpRequest {
  const body = child(request, 'body')
  const optional = (name: 'timeout' | 'result' | 'success') => {
    const value = text(request, name)
    return value === undefined ? {} : { [name]: value }
  }
  const retries = integer(request, 'retries')
  const language = body && text(body, 'language')
  return {
    method: METHODS.find((method) => method === text(request, 'method')) ?? 'GET',
    url: text(request, 'url') ?? '',
    query: children(request, 'query').map((query) => named(query, 'name')),
    headers: children(request, 'headers').map((header) => {
      const secret = text(header, 'secret')
      const prefix = text(header, 'prefix')
      return { ...named(header, 'name'), ...(secret !== undefined && { secret }), ...(prefix !== undefined && { prefix }) }
    }),
    ...(body && {
      body: {
        type: BODY_TYPES.find((type) => type === text(body, 'type')) ?? 'json',
        value: text(body, 'body') ?? '',
        ...(language !== undefined && { language }),
      },
    }),
    outputs: children(request, 'outputs').map((output) => named(output, 'variable')),
    errors: children(request, 'errors').map((error) => ({ status: text(error, 'status') ?? '', code: text(error, 'code') ?? '' })),
    ...optional('timeout'),
    ...(retries !== undefined && { retries }),
    ...optional('result'),
    ...optional('success'),
    ask: text(request, 'unknown') === 'ask',
  }
}

/** Writes `kapok:request`; rows that are not whole are left out. */
export function writeRequest(factory: Factory, request: HttpRequest): ModdleElement {
  const whole = ({ name, value }: Named) => name.trim() !== '' && value.trim() !== ''
  const body = hasBody(request.method) ? request.body : undefined
  return make(factory, 'kapok:Request', {
    method: request.method,
    url: request.url,
    timeout: request.timeout || undefined,
    retries: request.retries,
    result: request.result || undefined,
    success: request.success || undefined,
    unknown: request.ask ? 'ask' : undefined,
    query: request.query
      .filter(whole)
      .map(({ name, value, language }) => make(factory, 'kapok:Query', { name: name.trim(), language, body: value.trim() })),
    headers: request.headers
      .filter((header) => header.name.trim() !== '' && (header.secret !== undefined ? header.secret !== '' : header.value.trim() !== ''))
      .map(({ name, value, language, secret, prefix }) =>
        secret === undefined
          ? make(factory, 'kapok:Header', { name: name.trim(), language, body: value.trim() })
          : make(factory, 'kapok:Header', { name: name.trim(), secret, prefix }),
      ),
    body:
      body && body.value.trim() !== ''
        ? make(factory, 'kapok:Body', { type: body.type === 'json' ? undefined : body.type, language: body.language, body: body.value.trim() })
        : undefined,
    outputs: request.outputs
      .filter(whole)
      .map(({ name, value, language }) => make(factory, 'kapok:Output', { variable: name.trim(), language, body: value.trim() })),
    errors: request.errors
      .filter(({ status, code }) => status.trim() !== '' && code.trim() !== '')
      .map(({ status, code }) => make(factory, 'kapok:Error', { status: status.trim(), code: code.trim() })),
  })
}
