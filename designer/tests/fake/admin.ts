/** What an administrator shapes: what plugins ship, what was added by hand, and who works here. */
import type { RecordRow } from '../../src/api/types'
import { identitySamples } from './identity'

const both = (zh: string, en: string) => ({ zh, en })
const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })

/** Added to the quotes by the administrator, and a kind of data of his own. */
export const layer = {
  entities: {
    'own.contract': {
      label: both('合同', 'Contract'),
      title: 'name',
      fields: {
        name: { pos: 1, type: 'text', label: both('名称', 'Name'), required: true, max_length: 100, section: 'basic' },
        customer: { pos: 2, type: 'reference', entity: 'crm.customer', label: both('客户', 'Customer'), section: 'basic' },
        status: {
          pos: 3,
          type: 'choice',
          label: both('状态', 'Status'),
          section: 'basic',
          choices: { a: { pos: 1, label: both('草稿', 'Draft') }, b: { pos: 2, label: both('已签', 'Signed') } },
        },
        signed: { pos: 4, type: 'date', label: both('签订日期', 'Signed on'), default: '$today', section: 'basic' },
        lines: {
          pos: 5,
          type: 'lines',
          label: both('付款计划', 'Payments'),
          columns: {
            due: { pos: 1, type: 'date', label: both('日期', 'Due') },
            amount: { pos: 2, type: 'money', currency: 'CNY', label: both('金额', 'Amount'), required: true },
          },
        },
      },
      sections: { basic: { pos: 1, label: both('基本信息', 'Basics') } },
      columns: { name: 1, customer: 2, status: 3 },
      sort: '-signed',
      parent: 'customer',
      views: { board: { pos: 1, label: both('按状态', 'By status'), kind: 'kanban', field: 'status' } },
      unique: { one: { fields: ['customer', 'name'] } },
      duplicates: { like: { fields: ['name'], action: 'warn' } },
    },
  },
  extend: { 'quotes.quote': { fields: { stamp: { pos: 20, type: 'boolean', label: both('已盖章', 'Stamped') } } } },
  dictionaries: {
    'own.region': {
      label: both('地区', 'Region'),
      tree: true,
      entries: {
        gd: { pos: 1, label: both('广东', 'Guangdong') },
        sz: { pos: 2, label: both('深圳', 'Shenzhen'), parent: 'gd' },
        gz: { pos: 3, label: both('广州', 'Guangzhou'), parent: 'gd' },
        js: { pos: 4, label: both('江苏', 'Jiangsu'), disabled: true },
      },
    },
  },
  roles: { 'own-assistant': { label: both('销售助理', 'Sales assistant') } },
  permissions: { 'own.contract': { 'own-assistant': { read: 'department', create: 'all', update: 'own' } } },
  field_rules: { 'crm.customer': { 'own-assistant': { phone: 'masked' } } },
  totals: {},
}

const quote = {
  label: both('报价单', 'Quote'),
  title: 'title',
  fields: {
    number: { pos: 1, type: 'auto-number', pattern: 'BJ{yyyyMM}-{0000}', label: both('编号', 'Number') },
    title: { pos: 2, type: 'text', label: both('标题', 'Title'), required: true },
    customer: { pos: 3, type: 'reference', entity: 'crm.customer', label: both('客户', 'Customer'), required: true },
    total: { pos: 4, type: 'money', currency: 'CNY', label: both('合计', 'Total'), read_only: true },
  },
  columns: { number: 1, title: 2, total: 3 },
  sort: '-number',
}
const customer = {
  label: both('客户', 'Customer'),
  title: 'name',
  fields: {
    name: { pos: 1, type: 'text', label: both('名称', 'Name'), required: true },
    phone: { pos: 2, type: 'phone', label: both('电话', 'Phone') },
    industry: { pos: 3, type: 'choice', dictionary: 'crm.industry', label: both('行业', 'Industry') },
    quoted: { pos: 4, type: 'roll-up', entity: 'quotes.quote', field: 'customer', function: 'sum', value: 'total', label: both('报价总额', 'Quoted') },
  },
  columns: { name: 1, phone: 2 },
  related: { quotes: { pos: 1, label: both('报价单', 'Quotes'), entity: 'quotes.quote', field: 'customer' } },
}

export const shipped = {
  entities: { 'quotes.quote': quote, 'crm.customer': customer },
  dictionaries: {
    'crm.industry': {
      label: both('行业', 'Industry'),
      entries: { it: { pos: 1, label: both('信息技术', 'IT') }, build: { pos: 2, label: both('建筑', 'Building') } },
    },
  },
  roles: {
    sales: { label: both('销售', 'Sales') },
    'sales-manager': { label: both('销售经理', 'Sales manager') },
    everyone: { label: both('所有人', 'Everyone') },
    administrator: { label: both('管理员', 'Administrator') },
  },
  permissions: {
    'quotes.quote': { sales: { read: 'own', create: 'all', update: 'own' }, 'sales-manager': { read: 'subordinates', update: 'subordinates' } },
    'crm.customer': { sales: { read: 'shared', create: 'all', update: 'own' } },
  },
  field_rules: {},
  totals: {},
}

const record = (id: string, title: string, fields: RecordRow['fields'], display: RecordRow['display'] = {}): RecordRow => ({
  id,
  version: 1,
  owner: null,
  created_at: '2026-01-05T08:00:00Z',
  updated_at: '2026-01-05T08:00:00Z',
  fields,
  display,
  title,
})

const roles = [
  record('31', '销售', { code: 'sales', name: '销售' }),
  record('32', '销售经理', { code: 'sales-manager', name: '销售经理' }),
  record('33', '销售助理', { code: 'own-assistant', name: '销售助理' }),
  record('34', '所有人', { code: 'everyone', name: '所有人' }),
  record('35', '管理员', { code: 'administrator', name: '管理员' }),
]
const departments = [
  record('41', '公司', { code: 'company', name: '公司', head: '12' }, { head: '陈建国' }),
  record('42', '销售部', { code: 'sales', name: '销售部', parent: '41', head: '11' }, { parent: '公司', head: '王丽' }),
  record('43', '华东区', { code: 'east', name: '华东区', parent: '42' }, { parent: '销售部' }),
  record('44', '财务部', { code: 'finance', name: '财务部', parent: '41' }, { parent: '公司' }),
]
const people = [
  record(
    '12',
    '陈建国',
    { name: '陈建国', login: 'chen.jianguo', phone: '13800138000', department: '41', roles: ['35'], active: true },
    { department: '公司' },
  ),
  record(
    '11',
    '王丽',
    { name: '王丽', login: 'wang.li', department: '42', superior: '12', posts: ['52'], roles: ['31', '32'], active: true },
    { department: '销售部', superior: '陈建国' },
  ),
  record('13', '李敏', { name: '李敏', login: 'li.min', department: '43', superior: '11', roles: ['31'], active: true }, { superior: '王丽' }),
]

export const adminSamples: Record<string, unknown> = {
  '/admin/definitions': layer,
  '/admin/definitions/effective': { effective: {}, shipped },
  'POST /admin/definitions/plan': {
    changes: [
      { text: both('“合同”增加字段“备注”。', 'Contract gets the field “Note”.'), destructive: false },
      { text: both('“报价单”删除字段“已盖章”，3 条记录里填过的内容会看不到。', 'Quote loses “Stamped”; 3 records have it.'), destructive: true },
    ],
    errors: [],
  },
  '/records/system.role': list(roles),
  '/records/system.department': list(departments),
  '/records/system.post': list([
    record('51', '会计', { code: 'accountant', name: '会计' }),
    record('52', '销售代表', { code: 'representative', name: '销售代表', roles: ['31'] }),
  ]),
  '/records/system.person': list(people),
  ...Object.fromEntries(people.map((person) => [`/records/system.person/${person.id}`, person])),
  '/people/11/stand-ins': list([{ id: '71', stand_in: { id: '13', name: '李敏' }, from: '2026-12-01', until: '2026-12-05', process: null, ended: false }]),
  ...identitySamples,
  '/people/11/leave': {
    tasks: 4,
    records: [{ entity: 'crm.customer', label: both('客户', 'Customers'), count: 37 }],
    shares: 2,
    subordinates: [{ id: '13', name: '李敏' }],
    departments: ['销售部'],
    definitions: [{ kind: 'process', id: 'leave', label: both('请假', 'Leave') }],
  },
  'POST /people/11/leave': { tasks: 4, records: 37 },
  'POST /people/import/failures': '登录名,姓名,行号,原因',
  'POST /people/import': {
    rows: 5,
    created: 3,
    updated: 1,
    unchanged: 0,
    failed: [{ row: 4, login: 'wu.lei', field: 'department', text: both('没有名为“华北区”的部门。', 'There is no department “华北区”.') }],
    columns: [
      { heading: '登录名', target: 'login', samples: ['zhao.min'] },
      { heading: '姓名', target: 'name', samples: ['赵敏'] },
      { heading: '职务', target: null, samples: ['经理'] },
    ],
    targets: [
      { id: 'login', label: both('登录名', 'Login') },
      { id: 'name', label: both('姓名', 'Name') },
      { id: 'posts', label: both('岗位', 'Posts') },
      { id: 'id', label: both('编号', 'Number') },
    ],
    login: null,
    departments: [],
    posts: ['经理'],
    preview: [{ row: 2, outcome: 'create', values: { login: 'zhao.min', name: '赵敏' }, reasons: [] }],
  },
  '/records/crm.customer/501': record('501', '杭州智能装备', { name: '杭州智能装备' }),
  '/records/crm.customer/501/access': {
    person: { id: '12', name: '陈建国' },
    may: [
      {
        action: 'read',
        reasons: [
          { kind: 'role', text: both('角色“销售经理”可以查看下属的记录。', 'The role “Sales manager” reads the records of those below.'), reasons: [] },
        ],
      },
    ],
  },
}
