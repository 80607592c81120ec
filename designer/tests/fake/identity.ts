/** 企业微信 as a place to sign in and to take the organisation from. */

const text = (zh: string, en: string) => ({ zh, en })
const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })

const wecom = { id: 'wecom.wecom', label: text('企业微信', 'WeCom') }

export const identitySamples = {
  '/people/11/connections': list([
    { source: wecom, external: 'ZhaoMin', since: '2026-11-20T02:00:00Z' },
  ]),
  '/people/12/connections': list([{ source: wecom }]),
  '/sign-in/sources': list([wecom]),
  '/organisation/sources': list([wecom]),
  'POST /organisation/sources/wecom.wecom/preview': {
    plan: 'looked-at',
    departments: { created: 1, changed: 0, connected: 1, unchanged: 0, failed: 0 },
    people: { created: 1, changed: 1, connected: 0, unchanged: 12, failed: 1 },
    items: [
      {
        kind: 'person',
        external: 'WuMing',
        name: '吴明',
        created: false,
        changed: [],
        problems: [text('手机号“13800000003”对应的人不止一个。', 'The phone number “13800000003” stands for more than one person.')],
      },
      { kind: 'department', external: '2', name: '销售部', here: '销售部', by: 'name', created: false, changed: [], problems: [] },
      {
        kind: 'person',
        external: 'LiMin',
        name: '李敏',
        here: '李敏',
        by: 'phone',
        created: false,
        changed: [text('部门', 'Department')],
        problems: [],
      },
      { kind: 'person', external: 'XinRen', name: '新人', created: true, changed: [], problems: [] },
    ],
    more: false,
    gone: [{ id: '11', name: '赵敏' }],
  },
  'POST /organisation/sources/wecom.wecom/apply': {
    plan: 'looked-at',
    departments: { created: 1, changed: 0, connected: 1, unchanged: 0, failed: 0 },
    people: { created: 1, changed: 1, connected: 0, unchanged: 12, failed: 1 },
    items: [],
    more: false,
    gone: [],
  },
  'POST /sign-in/wecom.wecom/connect': { address: '/messages?went=away' },
}
