/** One small company on one morning. */
import type {
  EntityView,
  Field,
  Instance,
  Me,
  OutboxMessage,
  Page,
  Problem,
  RecordRow,
  Task,
  TaskBrief,
} from '../../src/api/types'
import { adminSamples } from './admin'
import { reportSamples } from './reports'
import { quiet } from './system'
import { widgetSamples } from './widgets'

const both = (zh: string, en: string) => ({ zh, en })
const wang = { id: '11', name: '王丽' }
const chen = { id: '12', name: '陈建国' }
const now = Date.now()
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()

export function problem(code: string, status: number): Problem {
  const detail = both('没有这项内容，或者您无权查看。', 'There is no such thing, or you may not see it.')
  return { title: detail.zh, status, code, detail, fields: [], diagnostics: [] }
}

const me: Me = {
  id: '12',
  login: 'chen.jianguo',
  name: '陈建国',
  language: 'zh-CN',
  roles: ['administrator'],
  administrator: true,
  unread: { tasks: 7, pages: 2 },
  demo: true,
}

const field = (id: string, zh: string, en: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  id,
  label: both(zh, en),
  type,
  required: false,
  read_only: false,
  ...more,
})

const lineColumns = [
  field('product', '产品', 'Product', 'text', { required: true }),
  field('quantity', '数量', 'Quantity', 'number', { required: true }),
  field('price', '单价', 'Unit price', 'money', { required: true, currency: 'CNY' }),
  field('amount', '金额', 'Amount', 'money', { read_only: true, currency: 'CNY' }),
]
const quoteFields = [
  field('number', '编号', 'Number', 'auto-number', { read_only: true }),
  field('title', '标题', 'Title', 'text', { required: true }),
  field('customer', '客户', 'Customer', 'reference', { required: true, entity: 'crm.customer' }),
  field('status', '状态', 'Status', 'choice', {
    read_only: true,
    choices: [
      { id: 'draft', label: both('草稿', 'Draft') },
      { id: 'approved', label: both('已批准', 'Approved') },
    ],
  }),
  field('valid_until', '有效期至', 'Valid until', 'date'),
  field('owner', '负责人', 'Owner', 'person'),
  field('lines', '明细', 'Lines', 'lines', { required: true, columns: lineColumns }),
  field('total', '合计', 'Total', 'money', { read_only: true, currency: 'CNY' }),
  field('remark', '备注', 'Remark', 'long-text'),
]
const quoteValues = {
  number: 'BJ-2026-0412',
  title: '华东区服务器扩容',
  customer: '501',
  status: 'draft',
  valid_until: '2026-12-31',
  owner: '11',
  lines: [
    { id: 'a', product: '机架式服务器 R740', quantity: 6, price: 9800, amount: 58800 },
    { id: 'b', product: '安装与调试服务', quantity: 1, price: 4200.5, amount: 4200.5 },
  ],
  total: 63000.5,
  remark: '客户要求本月内交付。',
}
const quoteNames = { customer: '苏州恒远机械有限公司', owner: '王丽' }

const quote: RecordRow = {
  id: '901',
  version: 3,
  owner: wang,
  created_at: ago(90),
  updated_at: ago(80),
  fields: quoteValues,
  display: quoteNames,
  title: '华东区服务器扩容',
}

const quoteView: EntityView = {
  id: 'quotes.quote',
  label: both('报价单', 'Quote'),
  title_field: 'title',
  fields: quoteFields,
  list: ['number', 'title', 'customer', 'total', 'status'],
  sections: [
    { label: both('基本信息', 'General'), fields: ['number', 'title', 'customer', 'status', 'valid_until', 'owner'] },
    { label: both('报价明细', 'Quoted items'), fields: ['lines', 'total'] },
  ],
  may: { create: true, read: true, update: true, delete: true },
}

const titles = ['华东区服务器扩容', '苏州恒远 · 年度维保', '年假三天', '办公用品采购', '合同用印：南通分公司', '差旅报销 6 月']
const tasks: TaskBrief[] = titles.map((title, index) => ({
  id: String(101 + index),
  instance: '301',
  title,
  name: index === 5 ? '财务复核' : '经理审批',
  element: 'approve',
  process: { key: 'quote-approval', name: '报价审批' },
  kind: index === 3 ? 'work' : 'approval',
  assignee: index === 5 ? null : chen,
  candidates: index === 5 ? ['财务部'] : [],
  claimable: index === 5,
  initiator: wang,
  created_at: ago(6 + index * 70),
  due_at: index === 1 ? ago(20) : new Date(now + 5_400_000).toISOString(),
  overdue: index === 1,
  reminders: index === 1 ? 2 : 0,
  escalated_from: index === 2 ? { id: '13', name: '李敏' } : null,
  state: 'open',
  decision: null,
  comment: null,
  ended_at: null,
  completed_by: null,
}))

const history: Instance['history'] = [
  { at: ago(80), kind: 'started', element: null, name: null, actor: wang },
  { at: ago(80), kind: 'task-created', element: 'approve', name: '经理审批', actor: null, person: chen },
  { at: ago(40), kind: 'reminded', element: 'approve', name: '经理审批', actor: null, person: chen, channels: ['page', 'sms'] },
  { at: ago(30), kind: 'urged', element: 'approve', name: '经理审批', actor: wang, person: chen },
  {
    at: ago(10),
    kind: 'task-completed',
    element: 'approve',
    name: '经理审批',
    actor: chen,
    decision: 'approve',
    comment: '价格已与采购核对，同意。',
  },
]

const task = (brief: TaskBrief): Task => ({
  ...brief,
  reason_required: true,
  form: {
    source: 'record',
    record: { entity: 'quotes.quote', id: '901', version: 3 },
    fields: quoteFields.map((each) => ({ ...each, access: each.id === 'remark' ? 'edit' : 'read' })),
    values: quoteValues,
    display: quoteNames,
  },
  history: history.slice(0, 4),
})

const instance: Instance = {
  id: '301',
  title: '华东区服务器扩容',
  process: { key: 'quote-approval', name: '报价审批', version: 2 },
  state: 'active',
  started_at: ago(80),
  ended_at: null,
  initiator: wang,
  waiting: [{ element: 'finance', name: '财务审批', for: ['周敏'] }],
  definition: '21',
  record: { entity: 'quotes.quote', id: '901', title: '华东区服务器扩容' },
  elements: [
    { id: '1', element: 'start', name: '', type: 'startEvent', state: 'completed', entered_at: ago(80), left_at: ago(80), causes: [] },
    { id: '2', element: 'approve', name: '经理审批', type: 'userTask', state: 'completed', entered_at: ago(80), left_at: ago(10), causes: ['1'] },
    { id: '3', element: 'finance', name: '财务审批', type: 'userTask', state: 'active', entered_at: ago(10), left_at: null, causes: ['2'] },
  ],
  flows: ['f1', 'f2'],
  tasks: [{ ...tasks[0]!, id: '120', name: '财务审批', assignee: { id: '14', name: '周敏' } }],
  incidents: [
    {
      id: '41',
      element: 'sms',
      name: '短信通知',
      at: ago(9),
      text: both('短信网关拒绝了签名，请检查通道设置后重试。', 'The SMS gateway refused the signature. Check the channel and retry.'),
    },
  ],
  timers: [],
  awaited: [{ element: 'paid', name: '等客户付款', kind: 'message', text: '付款' }],
  history,
}

const pages: Page[] = [
  { id: '61', kind: 'page', text: both('“苏州恒远 · 年度维保”已超时，请尽快办理。', '“苏州恒远 · 年度维保” is overdue.'), at: ago(3), read_at: null, task: '102', instance: '301' },
  { id: '62', kind: 'notice', text: both('您的请假已获批准。', 'Your leave was approved.'), at: ago(300), read_at: null, task: null, instance: '301' },
]

const message = (id: string, more: Partial<OutboxMessage>): OutboxMessage => ({
  id,
  kind: 'sms',
  to: chen,
  address: '138****2211',
  text: '【木棉】“苏州恒远 · 年度维保”待您审批，已超时。',
  created_at: ago(12),
  attempts: 1,
  state: 'sent',
  reason: null,
  receipt: 'R-20931',
  sent_at: ago(12),
  instance: '301',
  ...more,
})

const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })

export const samples: Record<string, unknown> = {
  '/session': me,
  '/demo/people': list(
    [['王丽', '销售'], ['陈建国', '销售经理'], ['周敏', '财务经理'], ['赵铁军', '系统管理员']].map(([name, role], index) => ({
      login: `p${index}`,
      name,
      role_label: role,
      password: 'demo',
    })),
  ),
  '/tasks': list(tasks),
  ...Object.fromEntries(tasks.map((brief) => [`/tasks/${brief.id}`, task(brief)])),
  '/instances': list([instance, { ...instance, id: '302', title: '年假三天', state: 'completed', waiting: [] }]),
  '/instances/{id}': instance,
  '/incidents': list(instance.incidents.map((incident) => ({ ...incident, instance: '301', title: instance.title }))),
  '/pages': list(pages),
  '/processes/startable': list([
    {
      key: 'leave',
      name: '请假',
      definition: '22',
      subject: null,
      form: [
        field('kind', '请假类型', 'Kind', 'choice', {
          required: true,
          choices: [{ id: 'annual', label: both('年假', 'Annual') }, { id: 'sick', label: both('病假', 'Sick') }],
        }),
        field('from', '开始日期', 'From', 'date', { required: true }),
        field('days', '天数', 'Days', 'number', { required: true }),
        field('reason', '事由', 'Reason', 'long-text'),
      ],
    },
    { key: 'expense', name: '费用报销', definition: '23', subject: null, form: [] },
    { key: 'seal', name: '用印申请', definition: '24', subject: null, form: [] },
  ]),
  '/entities': list([
    { id: 'crm.customer', label: both('客户', 'Customers'), plugin: 'customers', may: { create: true, read: true } },
    { id: 'crm.deal', label: both('商机', 'Deals'), plugin: 'crm', may: { create: true, read: true } },
    { id: 'quotes.quote', label: both('报价单', 'Quotes'), plugin: 'quotes', may: { create: true, read: true } },
  ]),
  '/entities/quotes.quote': quoteView,
  '/records/quotes.quote': list([
    quote,
    { ...quote, id: '902', title: '年度维保', fields: { ...quoteValues, number: 'BJ-2026-0413', title: '年度维保', total: 12800, status: 'approved' } },
  ]),
  '/records/quotes.quote/{id}': quote,
  '/records/crm.customer': list([{ ...quote, id: '501', title: '苏州恒远机械有限公司' }]),
  '/people': list([{ ...wang, login: 'wang', department: '销售部' }]),
  'refused quote': {
    ...problem('record.invalid', 422),
    detail: both('有内容需要更正。', 'Some content needs correction.'),
    fields: [{ field: 'lines.0.quantity', code: 'too-small', text: both('数量必须大于 0。', 'The quantity must be above 0.') }],
  },
  '/outbox': {
    ...list([
      message('71', {}),
      message('72', {
        kind: 'mail',
        address: 'wang@example.com',
        to: wang,
        subject: '报价已批准',
        text: '您的报价“华东区服务器扩容”已批准。',
        state: 'waiting',
        reason: both('还没有配置邮件服务器。', 'No mail server is configured.'),
        receipt: null,
        sent_at: null,
      }),
      message('73', {
        state: 'unknown',
        reason: both('网关没有回答，不知道短信是否已发出。', 'The gateway did not answer; the message may have left.'),
        receipt: null,
        sent_at: null,
      }),
    ]),
    mail: { configured: false },
    sms: { configured: true },
  },
  '/system': quiet,
  '/plugins': list([
    {
      id: 'quotes',
      version: '0.1.0',
      label: both('报价', 'Quotes'),
      state: 'on',
      handlers: ['quotes.mark-approved'],
      channels: [],
      offers: [{ kind: 'handler', name: 'quotes.mark-approved', label: both('标记为已批准', 'Mark as approved') }],
      names: {},
      granted: {
        records: { 'quotes.quote': { actions: ['read', 'update'], fields: null } },
        processes: { start: [], messages: [], signals: [], tasks: false },
        messages: [],
        http: false,
      },
      installed: false,
      settings: [],
    },
    {
      id: 'sms-http',
      version: '0.1.0',
      label: both('短信网关', 'SMS gateway'),
      state: 'failed',
      reason: both('没有填写网关地址。', 'The gateway address is missing.'),
      handlers: [],
      channels: ['sms'],
      offers: [{ kind: 'channel', name: 'sms', label: both('短信', 'SMS') }],
      names: {},
      granted: {
        records: {},
        processes: { start: [], messages: [], signals: [], tasks: false },
        messages: [],
        http: true,
      },
      installed: true,
      settings: [],
    },
  ]),
  '/plugin-work': list([
    {
      id: '901',
      plugin: 'quotes',
      call: 'after-save quotes.quote 7',
      attempts: 5,
      next: null,
      problem: both('插件停止了。', 'The plugin stopped.'),
    },
  ]),
  ...adminSamples,
  ...reportSamples,
  ...widgetSamples,
}

const shape = (id: string, x: number, y: number, width: number, height: number) =>
  `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`
const edge = (id: string, from: [number, number], to: [number, number]) =>
  `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}"><di:waypoint x="${from[0]}" y="${from[1]}"/><di:waypoint x="${to[0]}" y="${to[1]}"/></bpmndi:BPMNEdge>`

export const xml = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="urn:sample">
  <bpmn:process id="quote-approval" isExecutable="true">
    <bpmn:startEvent id="start"/><bpmn:userTask id="approve" name="经理审批"/><bpmn:userTask id="finance" name="财务审批"/><bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="approve"/><bpmn:sequenceFlow id="f2" sourceRef="approve" targetRef="finance"/>
    <bpmn:sequenceFlow id="f3" sourceRef="finance" targetRef="end"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="quote-approval">
    ${shape('start', 100, 102, 36, 36)}${shape('approve', 190, 80, 100, 80)}${shape('finance', 350, 80, 100, 80)}${shape('end', 510, 102, 36, 36)}
    ${edge('f1', [136, 120], [190, 120])}${edge('f2', [290, 120], [350, 120])}${edge('f3', [450, 120], [510, 120])}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`
