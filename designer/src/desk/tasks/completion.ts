/** What is sent when a to-do is finished. */
import type { Completion, Decision, TaskForm, Values } from '@/api/types'

export function completion(
  form: Pick<TaskForm, 'source' | 'record'>,
  entered: { all: Values; changed: Values },
  answer: { decision?: Decision; comment: string },
): Completion {
  const comment = answer.comment.trim()
  const body: Completion = { variables: form.source === 'variables' ? entered.all : {} }
  if (answer.decision) body.decision = answer.decision
  if (comment) body.comment = comment
  if (form.source === 'record' && form.record && Object.keys(entered.changed).length > 0) {
    body.record = { version: form.record.version, fields: entered.changed }
  }
  return body
}
