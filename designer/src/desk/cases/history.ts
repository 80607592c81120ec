/** The history of a case as sentences. What only the engine cares about (a gateway passed) is left out. */
import type { HistoryEntry } from '@/api/types'
import { t, text } from '@/i18n'

export type Tone = 'plain' | 'leaf' | 'blossom' | 'amber' | 'slate'

export interface Sentence {
  words: string
  tone: Tone
  /** What the person said. */
  comment: string
}

export function sentence(entry: HistoryEntry): Sentence | null {
  const comment = entry.comment ?? ''
  const step = entry.name ?? ''
  const person = entry.person?.name ?? entry.to?.name ?? ''
  const said = typeof entry.text === 'string' ? entry.text : entry.text ? text(entry.text) : ''
  const tell = (words: string, tone: Tone = 'plain', remark = comment): Sentence => ({ words, tone, comment: remark })

  switch (entry.kind) {
    case 'started':
      return tell(t('desk.history.started'), 'leaf')
    case 'ended':
      return tell(said ? t('desk.history.endedAs', { state: stateName(said) }) : t('desk.history.ended'), 'slate')
    case 'failed':
      return tell(t('desk.history.failed', { step }), 'blossom', comment || said)
    case 'thrown':
      return tell(t('desk.history.thrown', { step, name: said }))
    case 'task-created':
      return tell(person ? t('desk.history.taskFor', { step, person }) : t('desk.history.task', { step }))
    case 'nobody-found':
      return tell(t('desk.history.nobody', { step }), 'blossom')
    case 'task-claimed':
      return tell(t('desk.history.claimed', { step }))
    case 'task-released':
      return tell(t('desk.history.released', { step }))
    case 'task-completed':
      if (entry.decision === 'approve') return tell(t('desk.history.approved', { step }), 'leaf')
      if (entry.decision === 'reject') return tell(t('desk.history.rejected', { step }), 'blossom')
      return tell(t('desk.history.finished', { step }), 'leaf')
    case 'reminded':
      return tell(t('desk.history.reminded', { step, person, channels: channels(entry.channels) }), 'amber')
    case 'urged':
      return tell(t('desk.history.urged', { step, person }), 'amber')
    case 'escalated':
      return tell(t('desk.history.escalated', { step, from: entry.from?.name ?? '', to: entry.to?.name ?? '' }), 'amber')
    case 'told':
      return tell(t('desk.history.told', { person, channels: channels(entry.channels) }))
    case 'cancel-requested':
      return tell(t('desk.history.cancelRequested'), 'blossom', comment || said)
    case 'incident-raised':
      return tell(t('desk.history.incident', { step }), 'blossom', comment || said)
    case 'incident-retried':
      return tell(t('desk.history.retried', { step }))
    default:
      return null
  }
}

function stateName(state: string): string {
  return state === 'completed' || state === 'rejected' || state === 'cancelled' ? t(`desk.case.state.${state}`) : state
}

function channels(names: string[] = []): string {
  return names.map(channelName).join(t('desk.history.comma'))
}

function channelName(name: string): string {
  return name === 'page' || name === 'sms' || name === 'mail' ? t(`desk.channel.${name}`) : name
}
