/** The one way to the server: adds the headers it asks for and turns its problems into {@link ApiError}. */
import { parseJson, writeJson } from './json'
import type { Problem } from './types'

export const base = '/api/v1'

/** A refusal of the server, or no answer at all (`code` is then `network`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(readonly problem: Problem) {
    super(problem.title)
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Query = Record<string, string | number | boolean | null | undefined>

export interface Call {
  query?: Query
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, with its media type; instead of `body`. */
  raw?: { text: string | Blob; type: string }
  /** Names one intent of the user: repeated with the same key, the server answers as it did the first time. */
  idempotencyKey?: string
  signal?: AbortSignal
}

export interface Answer<Body> {
  body: Body
  headers: Headers
}

type Listener = () => void
const signedOut = new Set<Listener>()

/** Calls back when the server says that the session has ended. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

export const api = {
  get: async <Body>(path: string, call: Call = {}): Promise<Body> => (await send<Body>('GET', path, call)).body,
  post: async <Body = void>(path: string, call: Call = {}): Promise<Body> =>
    (await send<Body>('POST', path, call)).body,
  put: async <Body = void>(path: string, call: Call = {}): Promise<Body> =>
    (await send<Body>('PUT', path, call)).body,
  patch: async <Body = void>(path: string, call: Call = {}): Promise<Body> =>
    (await send<Body>('PATCH', path, call)).body,
  delete: async <Body = void>(path: string, call: Call = {}): Promise<Body> =>
    (await send<Body>('DELETE', path, call)).body,
  send,
}

async function send<Body>(method: Method, path: string, call: Call = {}): Promise<Answer<Body>> {
  const headers = new Headers({ Accept: 'application/json, application/problem+json, */*;q=0.5' })
  if (method !== 'GET') {
    headers.set('X-Kapok', '1')
    headers.set('Idempotency-Key', call.idempotencyKey ?? newIdempotencyKey())
  }
  const request: RequestInit = { method, headers, credentials: 'same-origin' }
  if (call.signal) request.signal = call.signal
  if (call.raw) {
    headers.set('Content-Type', call.raw.type)
    request.body = call.raw.text
  } else if (call.body !== undefined) {
    headers.set('Content-Type', 'application/json')
    request.body = writeJson(call.body)
  }

  let response: Response
  let text: string
  try {
    response = await fetch(base + path + queryText(call.query), request)
    text = await response.text()
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(unreachable)
  }
  if (!response.ok) {
    if (response.status === 401 && path !== '/session') for (const listener of signedOut) listener()
    throw new ApiError(problemFrom(response.status, text))
  }
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false
  return { body: (isJson && text ? parseJson(text) : text || undefined) as Body, headers: response.headers }
}

/** `crypto.randomUUID` is missing on plain http in a local network, where many companies run this. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text ? `?${text}` : ''
}

/** No answer at all. */
export const unreachable: Problem = {
  title: '',
  status: 0,
  code: 'network',
  detail: {
    zh: '连不上服务器，请检查网络后再试。',
    en: 'The server cannot be reached. Check the network and try again.',
  },
  fields: [],
  diagnostics: [],
}

/** A refusal out of the text of an answer. */
export function problemFrom(status: number, text: string): Problem {
  const fallback: Problem = {
    ...unreachable,
    status,
    code: 'unreadable',
    detail: {
      zh: `服务器的回答无法识别（${status}），请稍后再试；若仍如此，请告诉管理员。`,
      en: `The server's answer could not be read (${status}). Try again later; if it stays so, tell the administrator.`,
    },
  }
  try {
    const problem = parseJson(text)
    if (typeof problem !== 'object' || problem === null) return fallback
    return { ...fallback, ...problem }
  } catch {
    return fallback
  }
}
