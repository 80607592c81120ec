/** A mail server that takes everything and keeps it: the part of RFC 5321 that a sender needs. */
import { createServer, type Socket } from 'node:net'
import { listen } from './listen'

/** A mail as it came in. */
export interface Mail {
  /** The addresses of the envelope. */
  from: string
  to: string[]
  /** Decoded. */
  subject: string
  messageId: string
  text: string
}

export interface MailServer {
  port: number
  mails: Mail[]
  stop: () => Promise<void>
}

export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = []
  const server = createServer((socket) => converse(socket, mails))
  const { port, stop } = await listen(server)
  return { port, mails, stop }
}

function converse(socket: Socket, mails: Mail[]): void {
  let unread = ''
  let inData = false
  let from = ''
  let to: string[] = []
  const say = (line: string) => socket.write(`${line}\r\n`)

  function command(line: string): void {
    const [verb = ''] = line.toUpperCase().split(/[ :]/, 1)
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (verb === 'EHLO') say('250-test.example\r\n250 8BITMIME')
    else if (verb === 'MAIL') {
      from = address
      to = []
      say('250 OK')
    } else if (verb === 'RCPT') {
      to.push(address)
      say('250 OK')
    } else if (verb === 'DATA') {
      inData = true
      say('354 go on')
    } else if (verb === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say(['HELO', 'RSET', 'NOOP'].includes(verb) ? '250 OK' : '502 not known here')
  }

  function take(): boolean {
    const end = inData ? '\r\n.\r\n' : '\r\n'
    const at = unread.indexOf(end)
    if (at < 0) return false
    const taken = unread.slice(0, at)
    unread = unread.slice(at + end.length)
    if (inData) {
      inData = false
      mails.push({ from, to, ...read(taken.replace(/^\.\./gm, '.')) })
      say('250 taken')
    } else command(taken)
    return true
  }

  // Every byte as one character, until its encoding is known.
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    unread += String(chunk)
    while (take());
  })
  // A sender that goes away is no concern of the receiver.
  socket.on('error', () => socket.destroy())
  say('220 test.example')
}

/** Header and text of a message of one part. */
function read(message: string): Pick<Mail, 'subject' | 'messageId' | 'text'> {
  const split = message.indexOf('\r\n\r\n')
  const head = message.slice(0, split).replace(/\r\n[ \t]+/g, ' ')
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  const body = decode(message.slice(split + 4), header('Content-Transfer-Encoding'))
  return { subject: words(header('Subject')), messageId: header('Message-ID'), text: body.toString('utf8') }
}

function decode(body: string, encoding: string): Buffer {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64')
  if (encoding.toLowerCase() === 'quoted-printable') return bytes(body.replace(/=\r\n/g, ''))
  return Buffer.from(body, 'latin1')
}

/** RFC 2047. */
function words(header: string): string {
  const joined = header.replace(/\?=\s+=\?/g, '?==?')
  const parts = joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    const raw = kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : bytes(word.replaceAll('_', ' '))
    return raw.toString('latin1')
  })
  return Buffer.from(parts, 'latin1').toString('utf8')
}

function bytes(quoted: string): Buffer {
  const plain = quoted.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}
