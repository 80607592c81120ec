/** The configuration file of a server under test. */
import type { SmsGateway } from './smsGateway'
import type { MailServer } from './smtp'
import type { WeCom } from './wecom'

interface Outside {
  mail?: MailServer
  gateway?: SmsGateway
  wecom?: WeCom
  /** How many times faster drawn times pass. The usual hours then come after the test. */
  shorten?: number
}

export function configuration({ mail, gateway, wecom, shorten = 1 }: Outside): string {
  const parts = [`[engine]\nshorten = ${shorten}`]
  if (mail) parts.push(table('mail', { from: 'Kapok <kapok@example.com>', host: '127.0.0.1', tls: 'none' }), `port = ${mail.port}`)
  if (gateway) {
    const { url, accessKey, secret } = gateway
    parts.push(
      `[[outbound]]\norigin = ${JSON.stringify(new URL(url).origin)}\nprivate = true`,
      table('plugins.sms-http', { url, access_key: accessKey, secret, signature: '木棉' }),
    )
  }
  if (wecom) {
    const { origin, corpId, agentId, secret } = wecom
    // Another site, as it is in life: what browsers do with cookies on the way depends on it.
    const loginPage = `${origin.replace('127.0.0.1', 'localhost')}/login`
    parts.push(
      `[[outbound]]\norigin = ${JSON.stringify(origin)}\nprivate = true`,
      table('plugins.wecom', { corp_id: corpId, agent_id: agentId, secret, api: origin, login_page: loginPage }),
    )
  }
  return `${parts.join('\n')}\n`
}

function table(name: string, settings: Record<string, string>): string {
  return [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join('\n')
}
