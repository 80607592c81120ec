/** Settings in one line of plain words: “金额 > 50000”, “直属上级”. */
import type { MessageKey } from '@/i18n'
import type { AssigneeRule } from './assignees'
import { readServiceWork } from './automation'
import { readDecision } from './activities'
import { readCall } from './calls'
import { readEventTimer } from './events'
import { isComplete, isUnary, operatorName, type FilterValue, type Rows, type Test } from './filter'
import type { FieldOption } from './fields'
import { readHumanTask } from './humanTask'
import { isOf, type ModdleElement } from './moddle'
import { isPlain, type Span } from './reminders'
import { readReference } from './roots'
import { scheduleFromCron, timeOfDay, type Schedule, type Timer } from './timers'

/** Says a message in the present language. */
export type Say = (key: MessageKey, named?: Record<string, string | number>) => string

/** The names behind codes: roles, departments, people, fields. */
export interface Names {
  role(code: string): string
  department(code: string): string
  person(login: string): string
  handler(name: string): string
  assigneeRule(name: string): string
  process(key: string): string
  field(path: string): FieldOption | undefined
}

/** Every complete row of a condition, joined. */
export function conditionSummary({ join, rows }: Rows, names: Names, say: Say): string {
  return rows
    .filter(isComplete)
    .map((row) => testSummary(row, names, say))
    .join(say(`flow.condition.join.${join}`))
}

function testSummary({ field, op, value }: Test, names: Names, say: Say): string {
  const option = names.field(field)
  const words = `${option?.label ?? field} ${say(`flow.condition.operator.${operatorName(op)}`)}`
  return isUnary(op) ? words : `${words} ${valueSummary(value, option, names, say)}`
}

function valueSummary(value: FilterValue | undefined, option: FieldOption | undefined, names: Names, say: Say): string {
  if (Array.isArray(value)) {
    return value.map((one) => valueSummary(one, option, names, say)).join(say('flow.listSeparator'))
  }
  if (typeof value === 'boolean') return say(value ? 'flow.yes' : 'flow.no')
  if (option?.type === 'person' && typeof value === 'string') return names.person(value)
  return option?.choices.find((choice) => choice.id === value)?.label ?? String(value ?? '')
}

/** Who, in the order given. */
export function rulesSummary(rules: readonly AssigneeRule[], names: Names, say: Say): string {
  return rules.map((rule) => ruleSummary(rule, names, say)).join(say('flow.listSeparator'))
}

/** One way of saying who. */
export function ruleSummary(rule: AssigneeRule, names: Names, say: Say): string {
  switch (rule.kind) {
    case 'person':
      return rule.login === '' ? say('flow.rule.kind.person') : names.person(rule.login)
    case 'role':
      return rule.code === '' ? say('flow.rule.kind.role') : names.role(rule.code)
    case 'department':
      return rule.code === '' ? say('flow.rule.kind.department') : names.department(rule.code)
    case 'superior':
      return rule.level === 1 ? say('flow.rule.directSuperior') : say('flow.rule.superiorLevel', { level: rule.level })
    case 'fieldPerson':
      return names.field(rule.field)?.label ?? say('flow.rule.kind.fieldPerson')
    case 'plugin':
      return rule.rule === '' ? say('flow.rule.kind.plugin') : names.assigneeRule(rule.rule)
    case 'departmentHead':
    case 'initiator':
    case 'expression':
      return say(`flow.rule.kind.${rule.kind}`)
  }
}

/** A length of time: 8 小时. */
export function spanSummary(span: Span, say: Say): string {
  return isPlain(span) ? say(`flow.duration.${span.unit}`, { amount: span.amount }) : span
}

/** When a timer fires. */
export function timerSummary(timer: Timer, say: Say): string {
  switch (timer.kind) {
    case 'duration':
      return spanSummary(timer.span, say)
    case 'date':
      return timer.at
    case 'cycle': {
      const schedule = scheduleFromCron(timer.text)
      return schedule ? `${scheduleDays(schedule, say)} ${timeOfDay(schedule.at)}` : timer.text
    }
  }
}

function scheduleDays(schedule: Schedule, say: Say): string {
  if (schedule.on === 'weekly') return say(`flow.weekday.${schedule.day}`)
  if (schedule.on === 'monthly') return say('flow.schedule.dayOfMonth', { day: schedule.day })
  return say(`flow.schedule.${schedule.on}`)
}

/** The second line of a step on the canvas: who acts, who is told, which plugin works. */
export function stepSummary(element: ModdleElement, names: Names, say: Say): string {
  if (isOf(element, 'bpmn:UserTask')) {
    const { approval, assignees } = readHumanTask(element)
    const who = rulesSummary(assignees, names, say)
    return approval?.mode === 'all' && who !== '' ? `${who} · ${say('flow.sign.all')}` : who
  }
  if (isOf(element, 'bpmn:ServiceTask')) {
    const work = readServiceWork(element)
    if (work?.kind === 'message') return rulesSummary(work.message.to, names, say)
    if (work?.kind === 'request') return `${work.request.method} ${work.request.url}`
    return work ? names.handler(work.handler.name) : ''
  }
  if (isOf(element, 'bpmn:CallActivity')) return names.process(readCall(element).process)
  if (isOf(element, 'bpmn:BusinessRuleTask')) return readDecision(element).table
  if (isOf(element, 'bpmn:SendTask') || isOf(element, 'bpmn:ReceiveTask')) return readReference(element, 'message')
  if (isOf(element, 'bpmn:Event')) {
    const timer = readEventTimer(element)
    return timer ? timerSummary(timer, say) : ''
  }
  return ''
}
