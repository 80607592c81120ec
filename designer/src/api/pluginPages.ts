/** Pages that plugins put together from the widgets of this app, and what frames on them ask for. */
import { api } from './client'
import { Decimal } from './decimal'
import type { Id, Json, List, ReportTable, Text, Values } from './types'

export interface PluginPage {
  id: string
  label: Text
  widgets: Widget[]
}

interface WidgetHead {
  id: string
  label: Text
  width: 'full' | 'half' | 'third'
}

/** Which records a widget shows. */
export interface ShownRecords {
  entity: string
  /** The view they are taken from. */
  view: string | null
  filter: Json
  /** Those of the entity when there are none. */
  columns: string[]
}

export type ListWidget = WidgetHead & ShownRecords & { kind: 'list'; sort: { field: string; descending: boolean } | null; limit: number }
export type KanbanWidget = WidgetHead & ShownRecords & { kind: 'kanban'; field: string }
export type CalendarWidget = WidgetHead & ShownRecords & { kind: 'calendar'; field: string; end_field: string | null }
export type TreeWidget = WidgetHead & ShownRecords & { kind: 'tree'; field: string }
export type TimelineWidget = WidgetHead & ShownRecords & { kind: 'timeline'; field: string; limit: number }
export type NumberWidget = WidgetHead & {
  kind: 'number'
  entity: string
  filter: Json
  measure: 'count' | 'sum' | 'min' | 'max'
  /** What is measured; nothing of a count. */
  field: string | null
}
export type TotalWidget = WidgetHead & { kind: 'total'; total: string }
export type ChartWidget = WidgetHead & {
  kind: 'chart'
  entity: string
  filter: Json
  group: string
  /** Of a group with dates. */
  step: 'day' | 'week' | 'month' | 'quarter' | 'year' | null
  /** The field that is added up; they are counted when there is none. */
  sum: string | null
  shape: 'bar' | 'pie'
}
export type ReportWidget = WidgetHead & { kind: 'report'; report: string; inputs: Values }
export type FormWidget = WidgetHead & { kind: 'form'; entity: string; values: Values }
export type StartWidget = WidgetHead & { kind: 'start'; process: string }
export type FrameWidget = WidgetHead & { kind: 'frame'; height: number }

export type Widget =
  | ListWidget
  | KanbanWidget
  | CalendarWidget
  | TreeWidget
  | TimelineWidget
  | NumberWidget
  | TotalWidget
  | ChartWidget
  | ReportWidget
  | FormWidget
  | StartWidget
  | FrameWidget

export const pluginPages = async (): Promise<PluginPage[]> => (await api.get<List<PluginPage>>('/plugin-pages')).items

/** Where the file of a frame lies, below the address of the API. */
export const framePath = (page: string, widget: string): string =>
  `/plugin-pages/${encodeURIComponent(page)}/frames/${encodeURIComponent(widget)}`

/** What a frame is answered: the one that its call asks for. */
interface FrameReply {
  record?: Json
  records?: Json
  groups?: Json
  id?: Id
  report?: ReportTable
}

/** What a frame may ask the server for, by its names there and here. */
export const FRAME_CALLS = {
  get: 'get',
  find: 'find',
  addUp: 'add_up',
  create: 'create',
  update: 'update',
  runReport: 'run_report',
} as const
export type FrameCall = keyof typeof FRAME_CALLS

/** Asks the server in the name of a frame; numbers that no float holds come as text. */
export async function callFromFrame(page: string, widget: string, call: FrameCall, what: object): Promise<unknown> {
  const reply = await api.post<FrameReply>(`${framePath(page, widget)}/calls`, { body: { ...what, call: FRAME_CALLS[call] } })
  const answers: Record<FrameCall, unknown> = {
    get: reply.record ?? null,
    find: reply.records,
    addUp: reply.groups,
    create: reply.id,
    update: undefined,
    runReport: reply.report,
  }
  return plain(answers[call])
}

function plain(value: unknown): unknown {
  if (value instanceof Decimal) return value.text
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}
