/** What a plugin may do, one thing at a time: so that an administrator reads it and agrees to it, in whole or in part. */
import type { Capabilities, Text } from '@/api/types'
import { t, text } from '@/i18n'

/** What people call entities, and fields as `entity.field`. */
export type Names = Readonly<Record<string, Text>>

export interface Grant {
  /** Names it among the others. */
  key: string
  words: string
}

const processes = ['start', 'messages', 'signals'] as const

/** Each thing that is asked for. */
export function grants(capabilities: Capabilities, names: Names): Grant[] {
  const found: Grant[] = []
  const called = (name: string, otherwise: string) => (names[name] ? text(names[name]) : otherwise)
  for (const [entity, { actions, fields }] of Object.entries(capabilities.records)) {
    const words = {
      entity: called(entity, entity),
      actions: actions.map((action) => t(`admin.plugins.action.${action}`)).join(t('forms.comma')),
      fields: fields?.map((field) => called(`${entity}.${field}`, field)).join(t('forms.comma')) ?? '',
    }
    found.push({ key: `records ${entity}`, words: t(fields ? 'admin.plugins.someFields' : 'admin.plugins.allFields', words) })
  }
  for (const kind of processes) {
    for (const name of capabilities.processes[kind]) {
      found.push({ key: `${kind} ${name}`, words: t(`admin.plugins.process.${kind}`, { name }) })
    }
  }
  if (capabilities.processes.tasks) found.push({ key: 'tasks', words: t('admin.plugins.process.tasks') })
  for (const way of capabilities.messages) found.push({ key: `message ${way}`, words: t(`admin.plugins.message.${way}`) })
  if (capabilities.http) found.push({ key: 'http', words: t('admin.plugins.http') })
  return found
}

/** The same as words. */
export function asked(capabilities: Capabilities, names: Names): string[] {
  return grants(capabilities, names).map((grant) => grant.words)
}

/** Only what was agreed to. */
export function withGrants(capabilities: Capabilities, agreed: readonly string[]): Capabilities {
  const has = (key: string): boolean => agreed.includes(key)
  const names = (kind: (typeof processes)[number]): string[] =>
    capabilities.processes[kind].filter((name) => has(`${kind} ${name}`))
  return {
    records: Object.fromEntries(Object.entries(capabilities.records).filter(([entity]) => has(`records ${entity}`))),
    processes: {
      start: names('start'),
      messages: names('messages'),
      signals: names('signals'),
      tasks: capabilities.processes.tasks && has('tasks'),
    },
    messages: capabilities.messages.filter((way) => has(`message ${way}`)),
    http: capabilities.http && has('http'),
  }
}
