/** An SMS gateway as `plugins/sms-http/README.md` describes one: it refuses what is not rightly signed. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from './listen'

/** A request that was rightly signed. */
export interface Sms {
  key: string
  phone: string
  signature: string
  template: string
  variables: Record<string, string>
  text: string
}

export interface SmsGateway {
  url: string
  accessKey: string
  secret: string
  /** Every request, a repeated one too. */
  requests: Sms[]
  /** Why requests were refused. */
  refused: string[]
  /** What happens after a message was taken and before the sender is told. */
  beforeAnswer: () => Promise<void>
  stop: () => Promise<void>
}

const accessKey = 'kapok-e2e'
const secret = 'sh4red-with-the-gateway'
/** How far a sender's clock may be off, in seconds. */
const tolerance = 300

export async function startSmsGateway(): Promise<SmsGateway> {
  const server = createServer((request, response) => void answer(request, response, gateway))
  const { port, stop } = await listen(server)
  const url = `http://127.0.0.1:${port}/v1/sms`
  const gateway: SmsGateway = { url, accessKey, secret, requests: [], refused: [], beforeAnswer: async () => {}, stop }
  return gateway
}

async function answer(request: IncomingMessage, response: ServerResponse, gateway: SmsGateway): Promise<void> {
  const body = await text(request)
  const fault = faultOf(request, body)
  const say = (status: number, what: object) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(what))
  if (fault) {
    gateway.refused.push(fault.why)
    say(fault.status, { error: fault.why })
    return
  }
  const sms = JSON.parse(body) as Sms
  gateway.requests.push(sms)
  await gateway.beforeAnswer()
  say(200, { id: `gateway-${sms.key}` })
}

function faultOf({ method, url, headers }: IncomingMessage, body: string): { status: number; why: string } | undefined {
  if (headers['x-kapok-access-key'] !== accessKey) return { status: 403, why: 'unknown access key' }
  const timestamp = String(headers['x-kapok-timestamp'])
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!(age <= tolerance)) return { status: 401, why: 'the timestamp is too far from now' }
  const key = String(headers['x-kapok-key'])
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const signed = [method, url, timestamp, key, bodyHash].join('\n')
  const expected = createHmac('sha256', secret).update(signed).digest()
  const given = Buffer.from(String(headers['x-kapok-signature']), 'hex')
  const isRight = given.length === expected.length && timingSafeEqual(given, expected)
  if (!isRight) return { status: 401, why: 'the signature differs' }
  if ((JSON.parse(body) as Sms).key !== key) return { status: 401, why: 'the keys differ' }
  return undefined
}
