/** What plugins offer as reports, and the company's figures. */
import type { Offer, ReportTable, Topic, Total, TotalValue } from '../../src/api/types'

const both = (zh: string, en: string) => ({ zh, en })
const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

export const byAccount: Offer = { name: 'hello.by-account', label: both('按账户', 'By account'), inputs: [] }
export const ofPeriod: Offer = {
  name: 'hello.of-period',
  label: both('一段时间的订单', 'Orders of a period'),
  inputs: [
    { name: 'from', label: both('从', 'From'), kind: 'date', required: true },
    { name: 'least', label: both('至少金额', 'At least'), kind: 'number', required: false },
    { name: 'open', label: both('只看未完成', 'Open ones only'), kind: 'boolean', required: false },
    { name: 'customer', label: both('客户', 'Customer'), kind: 'record', entity: 'crm.customer', required: false },
  ],
}

export const table: ReportTable = {
  columns: [
    { name: 'account', label: both('账户', 'Account'), kind: 'text' },
    { name: 'orders', label: both('订单数', 'Orders'), kind: 'number' },
    { name: 'amount', label: both('金额', 'Amount'), kind: 'number' },
    { name: 'paid', label: both('已付清', 'Paid'), kind: 'boolean' },
  ],
  rows: [
    ['兰州精密仪器有限公司', 12, 48_000.5, true],
    ['杭州木棉智能装备有限公司', 3, 1_250_000, false],
    ['=甲公司', 7, 900.25, null],
  ],
}

const sales: Total = { id: 'own.sales', label: both('公司销售额', 'Sales of the company'), currency: 'CNY', finest: 'month' }
const large: Total = { id: 'own.large', label: both('大单数', 'Large orders') }
const figure = (total: Total, value: string): TotalValue => ({ ...total, value })

export const topics: Topic[] = [
  { topic: 'rate-customer', waiting: 2, oldest: ago(2), locked: 1, plugin: false, asked_at: ago(0.1), asked_by: 'rating-1' },
]
export const forgotten: Topic[] = [
  ...topics,
  { topic: 'print-label', waiting: 41, oldest: ago(300), locked: 0, plugin: false, asked_at: ago(240), asked_by: 'printer' },
  { topic: 'send-fax', waiting: 0, oldest: null, locked: 0, plugin: false, asked_at: null, asked_by: null },
]

export const reportSamples: Record<string, unknown> = {
  '/reports': list([byAccount, ofPeriod]),
  'POST /reports/hello.by-account': table,
  'POST /reports/hello.of-period': table,
  '/totals': list([sales, large]),
  '/totals/own.sales': figure(sales, '1298900.75'),
  '/totals/own.large': figure(large, '17'),
  '/external-tasks/topics': list(topics),
}
