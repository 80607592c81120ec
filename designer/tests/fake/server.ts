/** Serves `dist` under the product's content security policy, and the API from samples. Nothing is kept. */
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { HintKind } from '../../src/api/types'
import { answer } from './answers'

const dist = join(import.meta.dirname, '../../dist')
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export interface FakeServer {
  address: string
  /** Says on every open stream that something of this kind changed. */
  hint: (kind: HintKind) => void
  stop: () => Promise<void>
}

export async function startFakeServer(): Promise<FakeServer> {
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => respond(request, response, streams))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    hint: (kind) => {
      for (const stream of streams) stream.write(`event: hint\ndata: {"kind":"${kind}","id":"1","seq":1}\n\n`)
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}

function respond(request: IncomingMessage, response: ServerResponse, streams: Set<ServerResponse>): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/api/v1/stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': open\n\n')
    streams.add(response)
    response.on('close', () => streams.delete(response))
  } else if (url.pathname.startsWith('/api/v1/')) {
    const { 'x-kapok': mark, 'x-language': language } = request.headers
    const { status, type, body } = answer(request.method ?? 'GET', url, mark === '1', language?.toString())
    response.writeHead(status, { 'Content-Type': type }).end(body)
  } else {
    const asset = join(dist, url.pathname)
    const file = extname(asset) && existsSync(asset) ? asset : join(dist, 'index.html')
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
      'Cache-Control': url.pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    createReadStream(file).pipe(response)
  }
}
