/** A page with every kind of widget, over the records that have every type of field; and the file of its frame. */
import type { PluginPage } from '../../src/api/pluginPages'

const both = (zh: string, en: string) => ({ zh, en })
const deals = { entity: 'crm.deal', view: null, filter: null, columns: [] }
const list = <Item>(items: Item[]) => ({ items, next: null, count: items.length })

export const desk: PluginPage = {
  id: 'own.desk',
  label: both('我的台面', 'My desk'),
  widgets: [
    { id: 'count', label: both('商机数', 'Deals'), width: 'third', kind: 'number', entity: 'crm.deal', filter: { field: 'stage', op: '!=', value: 'lost' }, measure: 'count', field: null },
    { id: 'largest', label: both('最大金额', 'Largest'), width: 'third', kind: 'number', entity: 'crm.deal', filter: null, measure: 'max', field: 'amount' },
    { id: 'sales', label: both('销售额', 'Sales'), width: 'third', kind: 'total', total: 'own.sales' },
    { id: 'east', label: both('华东', 'In the east'), width: 'half', kind: 'list', ...deals, view: 'east', columns: ['title', 'amount', 'due'], sort: { field: 'amount', descending: true }, limit: 3 },
    { id: 'stages', label: both('按阶段', 'By stage'), width: 'half', kind: 'chart', entity: 'crm.deal', filter: null, group: 'stage', step: null, sum: 'amount', shape: 'pie' },
    { id: 'months', label: both('按月', 'By month'), width: 'half', kind: 'chart', entity: 'crm.deal', filter: null, group: 'due', step: 'month', sum: null, shape: 'bar' },
    { id: 'due', label: both('预计成交', 'Due'), width: 'half', kind: 'calendar', ...deals, field: 'due', end_field: null },
    { id: 'board', label: both('看板', 'Board'), width: 'full', kind: 'kanban', ...deals, field: 'stage' },
    { id: 'tree', label: both('上下级', 'Parts'), width: 'half', kind: 'tree', ...deals, field: 'above' },
    { id: 'met', label: both('最近会面', 'Lately met'), width: 'half', kind: 'timeline', ...deals, columns: ['customer', 'stage'], field: 'met_at', limit: 3 },
    { id: 'table', label: both('全部商机', 'All deals'), width: 'full', kind: 'list', ...deals, sort: null, limit: 10 },
    { id: 'report', label: both('按账户', 'By account'), width: 'half', kind: 'report', report: 'hello.by-account', inputs: { least: 5 } },
    { id: 'map', label: both('地图', 'Map'), width: 'half', kind: 'frame', height: 200 },
    { id: 'new', label: both('新商机', 'New deal'), width: 'half', kind: 'form', entity: 'crm.deal', values: { stage: 'talking' } },
    { id: 'leave', label: both('请假', 'Leave'), width: 'half', kind: 'start', process: 'leave' },
  ],
}

/** It says what it was told, and does what its buttons say. */
export const frame = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>地图</title>
<main><p id="told"></p><p id="said"></p><button id="find">find</button><button id="open">open</button></main>
<script>
addEventListener('message', ({ data, ports: [port] }) => {
  const told = document.getElementById('told'), said = document.getElementById('said')
  told.textContent = data.language + ' ' + data.theme
  port.onmessage = ({ data }) => {
    if (data.settings) told.textContent = data.settings.language + ' ' + data.settings.theme
    else said.textContent = JSON.stringify(data)
  }
  const ask = (id, call, what) => port.postMessage({ id, call, with: what })
  document.getElementById('find').onclick = () => ask(1, 'find', { entity: 'crm.deal', limit: 2 })
  document.getElementById('open').onclick = () => ask(2, 'open', { entity: 'crm.deal', id: '701' })
  ask(3, 'open', { entity: 'crm.deal', id: '701' })
}, { once: true })
</script></html>`

export const widgetSamples: Record<string, unknown> = {
  '/plugin-pages': list([desk]),
  'POST /plugin-pages/own.desk/frames/map/calls': { records: [{ id: '701', version: 4, owner: '11', fields: { amount: '123456789012345678.25', title: '机房扩容' } }] },
}
