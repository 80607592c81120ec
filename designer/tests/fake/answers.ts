import { changeImports, readImports } from './imports'
import { changeRecords, readRecords } from './records'
import { problem, samples, xml } from './samples'
import { frame } from './widgets'

interface Answer {
  status: number
  type: string
  body: string
}

const json = (status: number, body: unknown): Answer => ({
  status,
  type: status >= 400 ? 'application/problem+json' : 'application/json',
  body: JSON.stringify(body),
})

const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#8a9"/></svg>'

/** What the server would say, to somebody who speaks `language`; unsafe methods need the header that other sites cannot send. */
export function answer(method: string, url: URL, ours: boolean, language?: string): Answer {
  const path = url.pathname.replace('/api/v1', '')
  if (method !== 'GET') {
    if (!ours) return json(403, problem('request.foreign', 403))
    if (path === '/session' && method !== 'DELETE') return json(200, samples['/session'])
    const changed = changeImports(method, path) ?? changeRecords(method, path)
    if (changed) return json(changed.status, changed.body)
    if (path === '/records/quotes.quote') return json(422, samples['refused quote'])
    const made = samples[`${method} ${path}`]
    if (made !== undefined) return json(200, made)
    return { status: 204, type: 'text/plain', body: '' }
  }
  if (path === '/session' && language) return json(200, { ...(samples['/session'] as object), language })
  if (path.endsWith('/preview')) return { status: 200, type: 'image/svg+xml', body: picture }
  if (path.endsWith('/xml')) return { status: 200, type: 'application/xml', body: xml }
  if (path === '/plugin-pages/own.desk/frames/map') return { status: 200, type: 'text/html; charset=utf-8', body: frame }
  if (path.endsWith('/export')) return { status: 200, type: 'text/csv', body: '' }
  const records = readImports(path) ?? readRecords(path, url)
  if (records !== undefined) return json(200, records)
  if (/^\/records\/[^/]+\/\d+\/related\//.test(path)) return json(200, samples['/records/quotes.quote'])
  if (/^\/records\/[^/]+\/\d+\/actions$/.test(path)) return json(200, { items: [] })
  const sample = samples[path] ?? samples[path.replace(/\/\d+$/, '/{id}')]
  return sample === undefined ? json(404, problem('unknown', 404)) : json(200, sample)
}
