import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, ApiError, onSignedOut } from './client'

function serve(status: number, body: string, type = 'application/json'): Request[] {
  const seen: Request[] = []
  vi.stubGlobal('fetch', (path: string, request: RequestInit) => {
    seen.push(new Request(new URL(path, 'http://kapok.test'), request))
    return Promise.resolve(new Response(status === 204 ? null : body, { status, headers: { 'Content-Type': type } }))
  })
  return seen
}

afterEach(() => vi.unstubAllGlobals())

describe('the client', () => {
  it('marks what changes something as coming from here, each with a key of its own', async () => {
    const seen = serve(204, '')
    await api.post('/tasks/1/claim')
    await api.post('/tasks/1/claim', { idempotencyKey: 'mine' })
    await api.get('/tasks', { query: { assignee: 'me', cursor: null, q: '' } })
    expect(seen.map((request) => request.headers.get('X-Kapok'))).toEqual(['1', '1', null])
    expect(seen[0]?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/)
    expect(seen[1]?.headers.get('Idempotency-Key')).toBe('mine')
    expect(seen[2]?.url).toBe('http://kapok.test/api/v1/tasks?assignee=me')
  })

  it('turns a problem into an error with its code and fields', async () => {
    const fields = [{ field: 'lines.0.quantity', code: 'min', text: { zh: '太小', en: 'too small' } }]
    serve(422, JSON.stringify({ title: '太小', status: 422, code: 'record.invalid', detail: { zh: '', en: '' }, fields }), 'application/problem+json')
    const error = await api.post('/records/a', { body: {} }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).code).toBe('record.invalid')
    expect((error as ApiError).problem.fields).toEqual(fields)
  })

  it('survives an answer that is no problem at all', async () => {
    serve(502, '<html>Bad gateway</html>', 'text/html')
    await expect(api.get('/tasks')).rejects.toMatchObject({ code: 'unreadable', status: 502 })
  })

  it('says when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(api.get('/tasks')).rejects.toMatchObject({ code: 'network' })
  })

  it('reports the end of the session, but not a wrong password', async () => {
    const ended = vi.fn<() => void>()
    const stop = onSignedOut(ended)
    serve(401, '{}')
    await api.post('/session', { body: {} }).catch(() => undefined)
    expect(ended).not.toHaveBeenCalled()
    await api.get('/tasks').catch(() => undefined)
    expect(ended).toHaveBeenCalledOnce()
    stop()
  })
})
