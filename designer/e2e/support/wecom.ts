/** 企业微信 as `plugins/wecom/README.md` describes it: a page where people sign in, and what the plugin asks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from './listen'

interface Member {
  userid: string
  name: string
  mobile?: string
  department: number[]
  direct_leader?: string[]
  status: number
}

export interface WeCom {
  origin: string
  corpId: string
  agentId: string
  secret: string
  departments: { id: number; name: string; parentid: number; department_leader?: string[] }[]
  members: Member[]
  /** Who scans the code next. */
  scans: string
  /** What the browser is sent back with, in the place of its state. */
  state: string | undefined
  /** What the plugin asked, without secrets. */
  asked: string[]
  stop: () => Promise<void>
}

const [corpId, agentId, secret, token] = ['ww-e2e', '1000002', 's3cret-of-the-app', 'token-of-an-hour']

export async function startWeCom(): Promise<WeCom> {
  const server = createServer((request, response) => answer(request, response, wecom))
  const { port, stop } = await listen(server)
  const wecom: WeCom = {
    origin: `http://127.0.0.1:${port}`,
    corpId,
    agentId,
    secret,
    departments: [],
    members: [],
    scans: '',
    state: undefined,
    asked: [],
    stop,
  }
  return wecom
}

function answer(request: IncomingMessage, response: ServerResponse, wecom: WeCom): void {
  const { pathname, searchParams: asked } = new URL(request.url ?? '/', wecom.origin)
  if (pathname === '/login') {
    if (asked.get('appid') !== corpId || asked.get('agentid') !== agentId) return void response.writeHead(400).end()
    const back = new URL(asked.get('redirect_uri') ?? '')
    back.searchParams.set('code', `code-of-${wecom.scans}`)
    back.searchParams.set('state', wecom.state ?? asked.get('state') ?? '')
    return void response.writeHead(302, { Location: back.href }).end()
  }
  const call = pathname.replace('/cgi-bin/', '')
  wecom.asked.push(call)
  const say = (what: object) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(what))
  if (call === 'gettoken') {
    const isRight = asked.get('corpid') === corpId && asked.get('corpsecret') === secret
    say(isRight ? { errcode: 0, access_token: token } : { errcode: 40001, errmsg: 'invalid credential' })
  } else if (asked.get('access_token') !== token) {
    say({ errcode: 40014, errmsg: 'invalid access_token' })
  } else if (call === 'auth/getuserinfo') {
    say({ errcode: 0, userid: asked.get('code')?.replace('code-of-', '') })
  } else if (call === 'department/list') {
    say({ errcode: 0, department: wecom.departments })
  } else if (call === 'user/list') {
    const department = Number(asked.get('department_id'))
    say({ errcode: 0, userlist: wecom.members.filter((member) => member.department.includes(department)) })
  } else {
    say({ errcode: 404, errmsg: 'no such call' })
  }
}
