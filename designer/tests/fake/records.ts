/** Records of a kind that has every type of field, and all that can be asked and done about them. Nothing is kept. */
import type { RecordChange, Share } from '../../src/api/records'
import type { EntityView, Field, FieldType, RecordRow, SavedView } from '../../src/api/types'

const both = (zh: string, en: string) => ({ zh, en })
const now = Date.now()
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
const day = (from: number) => new Date(now + from * 86_400_000).toISOString().slice(0, 10)
const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })

const field = (id: string, zh: string, en: string, type: FieldType, more: Partial<Field> = {}): Field => ({
  id,
  label: both(zh, en),
  type,
  required: false,
  read_only: false,
  access: 'edit',
  ...more,
})

const stages = [
  { id: 'new', label: both('新线索', 'New') },
  { id: 'talking', label: both('洽谈中', 'Talking') },
  { id: 'won', label: both('赢单', 'Won') },
  { id: 'lost', label: both('丢单', 'Lost') },
  { id: 'old', label: both('旧阶段', 'Old stage'), disabled: true },
]
const regions = [
  { id: 'js', label: both('江苏', 'Jiangsu') },
  { id: 'sz', label: both('苏州', 'Suzhou'), parent: 'js' },
  { id: 'gsq', label: both('姑苏区', 'Gusu'), parent: 'sz' },
  { id: 'nt', label: both('南通', 'Nantong'), parent: 'js' },
  { id: 'zj', label: both('浙江', 'Zhejiang') },
]

const fields: Field[] = [
  field('number', '编号', 'Number', 'auto-number', { read_only: true }),
  field('title', '名称', 'Name', 'text', { required: true, max_length: 80 }),
  field('customer', '客户', 'Customer', 'reference', { entity: 'crm.customer' }),
  field('stage', '阶段', 'Stage', 'choice', { choices: stages, dictionary: 'crm.stage' }),
  field('tags', '标签', 'Tags', 'choice', { multiple: true, choices: [{ id: 'vip', label: both('重点', 'Key') }, { id: 'bid', label: both('招标', 'Tender') }] }),
  field('region', '地区', 'Region', 'tree-choice', { choices: regions }),
  field('amount', '金额', 'Amount', 'money', { currency: 'CNY' }),
  field('chance', '把握', 'Chance', 'decimal', { scale: 2 }),
  field('due', '预计成交', 'Due', 'date'),
  field('until', '跟进到', 'Until', 'date'),
  field('call_at', '约定时间', 'Call at', 'time'),
  field('met_at', '上次会面', 'Last met', 'date-time'),
  field('team', '协作人', 'Team', 'person', { multiple: true }),
  field('phone', '电话', 'Phone', 'phone', { access: 'masked' }),
  field('mail', '邮箱', 'E-mail', 'email'),
  field('address', '地址', 'Address', 'address', { choices: regions }),
  field('above', '上级商机', 'Part of', 'reference', { entity: 'crm.deal' }),
  field('urgent', '加急', 'Urgent', 'boolean'),
  field('story', '背景', 'Background', 'rich-text'),
  field('papers', '附件', 'Papers', 'attachment'),
  field('photos', '照片', 'Photos', 'picture'),
  field('weighted', '加权金额', 'Weighted', 'formula', { read_only: true, result: 'money', currency: 'CNY' }),
  field('paid', '已回款', 'Paid', 'roll-up', { read_only: true, result: 'money', currency: 'CNY' }),
  field('lines', '产品明细', 'Items', 'lines', {
    columns: [
      field('product', '产品', 'Product', 'text', { required: true }),
      field('kind', '类别', 'Kind', 'choice', { choices: [{ id: 'goods', label: both('货物', 'Goods') }, { id: 'work', label: both('服务', 'Services') }] }),
      field('quantity', '数量', 'Quantity', 'number'),
    ],
  }),
]

export const views: SavedView[] = [
  { id: 'board', label: both('销售看板', 'Sales board'), kind: 'kanban', scope: 'shipped', field: 'stage' },
  {
    id: 'east',
    label: both('华东大单', 'Large ones in the east'),
    kind: 'list',
    scope: 'company',
    filter: { all: [{ field: 'amount', op: '>=', value: 50000 }, { field: 'stage', op: '!=', value: 'lost' }] },
    sort: { field: 'amount', descending: true },
    columns: ['title', 'amount', 'due'],
  },
  { id: 'mine', label: both('我跟进的', 'Mine'), kind: 'list', scope: 'mine', filter: { all: [{ field: 'owner', op: '=', value: '$me' }] } },
]

export const dealView: EntityView = {
  id: 'crm.deal',
  label: both('商机', 'Deals'),
  title_field: 'title',
  fields,
  list: ['number', 'title', 'customer', 'stage', 'amount', 'due', 'team'],
  sections: [
    { label: both('基本信息', 'General'), fields: ['number', 'title', 'customer', 'stage', 'tags', 'region', 'amount', 'chance', 'due', 'until', 'urgent', 'above'] },
    { label: both('联系', 'Contact'), fields: ['call_at', 'met_at', 'team', 'phone', 'mail', 'address'] },
    { label: both('详情', 'Details'), fields: ['story', 'papers', 'photos', 'lines', 'weighted', 'paid'] },
  ],
  may: { create: true, read: true, update: true, delete: true, share: true, transfer: true, import: true, export: true },
  parent: { field: 'customer', entity: 'crm.customer' },
  views,
  related: [{ id: 'quotes', label: both('报价单', 'Quotes'), entity: 'quotes.quote', field: 'deal', columns: ['number', 'title', 'total'] }],
  sort: { field: 'updated_at', descending: true },
  kanban: 'stage',
  calendar: 'due',
  tree: 'above',
}

const wang = { id: '11', name: '王丽' }

function deal(index: number, title: string, stage: string | null, more: Partial<RecordRow['fields']> = {}): RecordRow {
  return {
    id: String(701 + index),
    version: 4,
    owner: wang,
    created_at: ago(9_000),
    updated_at: ago(60 * index),
    created_by: wang,
    fields: {
      number: `SJ-${index + 1}`,
      title,
      customer: '501',
      stage,
      tags: ['vip'],
      region: 'gsq',
      amount: 38000.5 * (index + 1),
      chance: 0.6,
      due: day(index - 1),
      until: day(index + 1),
      call_at: '14:30',
      met_at: ago(3_000),
      team: ['11', '12'],
      phone: '138****2211',
      mail: 'wang@example.com',
      address: { region: 'gsq', detail: '干将路 1 号', postcode: '215000' },
      urgent: index === 0,
      story: '<h2>要点</h2><ul><li>年底前<strong>必须</strong>交付</li><li>对手报价低</li></ul><p>见 <a href="https://example.com/">说明</a></p>',
      papers: [{ file: 'abc', name: '需求说明.pdf', size: 482_133, type: 'application/pdf' }],
      photos: [{ file: 'def', name: '现场.jpg', size: 1_482_133, type: 'image/jpeg' }],
      weighted: 22800.3,
      paid: 12000,
      lines: [{ id: 'a', product: '服务器', kind: 'goods', quantity: 4 }],
      ...more,
    },
    display: { customer: '苏州恒远机械有限公司', team: '王丽、陈建国', 'team.0': '王丽', 'team.1': '陈建国', above: '' },
    title,
    may: { update: index !== 2, delete: index !== 2, share: true, transfer: true },
    masked: ['phone'],
    parent: { entity: 'crm.customer', id: '501' },
  }
}

export const deals = [
  deal(0, '机房扩容', 'talking'),
  deal(1, '年度维保', 'new'),
  deal(2, '产线改造', 'won'),
  deal(3, '仓库监控', 'talking', { due: day(0) }),
]

const changes: RecordChange[] = [
  {
    at: ago(60),
    actor: wang,
    cause: { kind: 'person', plugins: [] },
    event: 'saved',
    names: [],
    changes: [
      { field: 'amount', label: both('金额', 'Amount'), before: 30000, after: 38000.5 },
      { field: 'stage', label: both('阶段', 'Stage'), before: 'new', after: 'talking' },
    ],
  },
  {
    at: ago(600),
    cause: { kind: 'process', instance: '301', title: '报价审批：机房扩容', plugins: [] },
    event: 'saved',
    names: [],
    changes: [{ field: 'customer', label: both('客户', 'Customer'), before: null, after: '501', after_display: '苏州恒远机械有限公司' }],
  },
  { at: ago(9_000), actor: wang, cause: { kind: 'person', plugins: [both('客户', 'Customers')] }, event: 'transferred', names: ['陈建国', '王丽'], changes: [] },
]

const shares: Share[] = [
  { id: '1', to: { kind: 'person', id: '12', name: '陈建国' }, level: 'read', until: day(30), ended: false, by: wang, at: ago(90), reason: '' },
  { id: '2', to: { kind: 'department', id: '31', name: '财务部' }, level: 'update', until: null, ended: false, by: null, at: ago(80), reason: '办理“财务审批”' },
]

const found = (url: URL): RecordRow[] => {
  const filter = url.searchParams.get('filter') ?? ''
  const stage = /"field":"stage","op":"=","value":"(\w+)"/.exec(filter)?.[1]
  if (stage) return deals.filter(({ fields }) => fields['stage'] === stage)
  if (filter.includes('"field":"stage","op":"empty"')) return []
  if (filter.includes('"field":"above","op":"="')) return filter.includes('"701"') ? [deals[1]!] : []
  const q = url.searchParams.get('q')
  return q ? deals.filter(({ title }) => title.includes(q)) : deals
}

/** What is read about these records; nothing when it is not about them. */
export function readRecords(path: string, url: URL): unknown {
  switch (path) {
    case '/entities/crm.deal':
      return dealView
    case '/records/crm.deal':
      return url.searchParams.get('trash') ? list([deals[3]]) : list(found(url))
    case '/records/crm.deal/statistics':
      return {
        rows: [
          { key: 'talking', label: '洽谈中', count: 2, sum: '190002.50' },
          { key: 'new', label: '新线索', count: 1, sum: '76001.00' },
          { key: 'won', label: '赢单', count: 1, sum: '114001.50' },
          { key: null, label: '', count: 3, sum: '12.00' },
        ],
        total: { count: 7, sum: '380017.00' },
      }
    case '/stars':
      return list([{ entity: 'crm.deal', id: '701', title: '机房扩容' }])
    case '/recent':
      return list([{ entity: 'crm.deal', id: '702', title: '年度维保' }])
    case '/search':
      return [
        { entity: 'crm.deal', label: dealView.label, items: deals.slice(0, 2).map(({ id, title }) => ({ id, title, snippet: '苏州恒远机械有限公司' })) },
        { entity: 'crm.customer', label: both('客户', 'Customers'), items: [{ id: '501', title: '苏州恒远机械有限公司', snippet: null }] },
      ]
  }
  const [, id, rest = ''] = /^\/records\/crm\.deal\/(\d+)(\/.*)?$/.exec(path) ?? []
  const record = deals.find((one) => one.id === id)
  if (!record) return undefined
  switch (rest) {
    case '':
      return record
    case '/history':
      return list(changes)
    case '/shares':
      return list(shares)
    case '/actions':
      return list([{ name: 'extend', label: both('延期', 'Extend'), inputs: [{ name: 'until', label: both('延到', 'Until'), kind: 'date', required: true }] }])
    case '/access':
      return {
        person: { id: '12', name: '陈建国' },
        may: [
          {
            action: 'read',
            reasons: [
              { kind: 'role', text: both('角色“销售经理”可以看下属的商机。', 'The role “Sales manager” sees the deals of those below.'), reasons: [] },
              {
                kind: 'parent',
                text: both('能看到它所属的“苏州恒远机械有限公司”。', 'Sees “苏州恒远机械有限公司”, to which it belongs.'),
                parent: { entity: 'crm.customer', id: '501' },
                reasons: [{ kind: 'share', text: both('王丽共享给了他。', 'Wang Li shared it.'), reasons: [] }],
              },
            ],
          },
          { action: 'update', reasons: [{ kind: 'role', text: both('角色“销售经理”可以修改下属的商机。', 'The role “Sales manager” changes the deals of those below.'), reasons: [] }] },
        ],
      }
    default:
      return undefined
  }
}

const refusal = (status: number, code: string, zh: string, en: string, more: object = {}) => ({
  status,
  body: { title: zh, status, code, detail: both(zh, en), fields: [], diagnostics: [], ...more },
})

/** What is done with these records. */
export function changeRecords(method: string, path: string): { status: number; body: unknown } | undefined {
  if (method === 'POST' && path === '/files') {
    return { status: 201, body: { file: 'new1', name: '合同.pdf', size: 2048, type: 'application/pdf' } }
  }
  if (method === 'POST' && path === '/records/crm.deal') {
    return refusal(409, 'record.duplicate', '可能已有相同的记录。', 'It may exist already.', {
      may_ignore: true,
      duplicates: [{ id: '702', title: '年度维保' }, { title: '年*维*' }],
    })
  }
  if (method === 'POST' && path === '/records/crm.deal/bulk') {
    return {
      status: 200,
      body: {
        items: [
          { id: '701', ok: true },
          { id: '703', ok: false, problem: { detail: both('您不能修改这条记录。', 'You may not change this record.') } },
        ],
      },
    }
  }
  if (method === 'PATCH' && path === '/records/crm.deal/702') {
    return refusal(409, 'record.conflict', '别人也修改了这条记录。', 'Somebody else changed this record too.', {
      conflicts: [{ field: 'title', mine: '我的', theirs: '他的', base: '年度维保' }],
    })
  }
  if (method === 'PATCH' && /^\/records\/crm\.deal\/\d+$/.test(path)) return { status: 200, body: deals[0] }
  if (method === 'POST' && path === '/records/crm.deal/merge') return { status: 200, body: { record: deals[0], job: '1' } }
  return undefined
}
