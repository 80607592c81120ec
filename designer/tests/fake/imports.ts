/** Imports of deals in every state. Nothing is kept. */
import type { ImportColumns, ImportState, PreviewRow, RecordImport } from '../../src/api/imports'

const both = (zh: string, en: string) => ({ zh, en })
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

const none = { seen: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, undone: 0, kept: 0 }
const columns = ['title', 'stage', 'amount', null]

function deals(id: string, state: ImportState, more: Partial<RecordImport> = {}): RecordImport {
  return {
    id,
    entity: 'crm.deal',
    name: '商机.xlsx',
    asked_by: { id: '11', name: '王丽' },
    asked_at: ago(90),
    state,
    rows: 1200,
    headings: ['名称', '阶段', '金额(元)', '来源'],
    options: state === 'draft' ? null : { columns, mode: 'create', key: null, duplicates: 'refuse', owner: null, clear_empty: false, start_processes: false },
    counts: none,
    reason: null,
    kept: [],
    own: true,
    ...more,
  }
}

const came = { ...none, seen: 1200, created: 1150, unchanged: 20, skipped: 10, failed: 20 }

const imports: RecordImport[] = [
  deals('31', 'draft'),
  deals('32', 'checked', { counts: came }),
  deals('33', 'running', { counts: { ...none, seen: 500, created: 480, failed: 20 } }),
  deals('34', 'done', { counts: came }),
  deals('35', 'undone', {
    counts: { ...came, undone: 1148, kept: 2 },
    kept: [
      { id: '701', text: both('导入之后有人修改过，保持不变。', 'It was changed after the import, so it stays as it is.') },
      { id: '702', text: both('该记录正在审批，结束前不能修改。', 'The record is under approval.') },
    ],
  }),
  deals('36', 'stopped', { counts: { ...none, seen: 600, created: 600 }, reason: both('已由本人取消。', 'It was cancelled.') }),
]

const begun: ImportColumns = {
  import: imports[0]!,
  suggestion: columns,
  keys: ['number', 'title'],
  sample: [
    { row: 2, cells: ['机房扩容', '洽谈中', '38,000.50', '展会'] },
    { row: 3, cells: ['年度维保', '无此阶段', '12000', ''] },
  ],
}

const preview: PreviewRow[] = [
  { row: 2, outcome: 'create', values: { title: '机房扩容', stage: '洽谈中', amount: '38000.50' }, reasons: [] },
  {
    row: 3,
    outcome: 'fail',
    values: {},
    reasons: [{ field: 'stage', text: both('阶段：“无此阶段”不在可选范围内，请改为已有的选项。', 'Stage: “无此阶段” is not one of the choices; use one that is there.') }],
  },
]

const reasons = [
  { field: 'stage', text: both('阶段：“无此阶段”不在可选范围内，请改为已有的选项。', 'Stage: “无此阶段” is not one of the choices; use one that is there.'), count: 14, rows: [3, 9, 12, 40, 41] },
  { field: 'amount', text: both('金额：“面议”不是数字，请只写数字，例如 1234.50。', 'Amount: “面议” is no number; write digits only, such as 1234.50.'), count: 1, rows: [77] },
]

/** What is read about imports; nothing when it is not about them. */
export function readImports(path: string): unknown {
  if (path === '/imports') return { items: imports, next: null }
  const [, id, rest = ''] = /^\/imports\/(\d+)(\/\w+)?$/.exec(path) ?? []
  const found = imports.find((one) => one.id === id)
  if (!found) return undefined
  if (rest === '/reasons') return { items: reasons, next: null }
  return rest === '/columns' ? { ...begun, import: found } : rest === '' ? found : undefined
}

/** What is done with imports. */
export function changeImports(method: string, path: string): { status: number; body: unknown } | undefined {
  if (method !== 'POST') return undefined
  if (path === '/records/crm.deal/imports') return { status: 201, body: begun }
  const [, id, act] = /^\/imports\/(\d+)\/(\w+)$/.exec(path) ?? []
  switch (act) {
    case 'preview':
      return { status: 200, body: { items: preview, next: null } }
    case 'check':
      return { status: 202, body: deals(id!, 'checked', { counts: came }) }
    case 'run':
      return { status: 202, body: deals(id!, 'done', { counts: came }) }
    case 'cancel':
      return { status: 200, body: deals(id!, 'stopped', { counts: { ...none, seen: 500, created: 480, failed: 20 } }) }
    case 'undo':
      return { status: 202, body: imports[4] }
    default:
      return undefined
  }
}
