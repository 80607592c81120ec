/** What happens while nobody acts: the due time and the ladder of reminders. */
import {
  fromIso,
  repetitionFromIso,
  repetitionToIso,
  toIso,
  type Duration,
  type Repetition,
} from './duration'
import { children, make, text, type Factory, type ModdleElement } from './moddle'

/** By which way people are told. */
export type Channel = 'page' | 'mail' | 'sms'

/** The ways, in the order in which they are offered. */
export const CHANNELS = ['page', 'mail', 'sms'] as const satisfies readonly Channel[]

/**
 * A length of time as written. Text stands for what the editor has no words for (seconds, months), so
 * that opening and saving a process never changes it.
 */
export type Span = Duration | string

/** One rung of the ladder. */
export type Rung =
  | { kind: 'remind'; after: Span; channels: Channel[]; repeat?: Repetition | string }
  | { kind: 'escalate'; after: Span }
  | { kind: 'decide'; after: Span; decision: 'approve' | 'reject' }

/** The due time, from arrival, and the rungs. */
export interface Reminders {
  due?: Span
  rungs: Rung[]
}

/** Reads `kapok:reminders`. */
export function readReminders(reminders: ModdleElement | undefined): Reminders {
  const due = text(reminders, 'due')
  return {
    ...(due !== undefined && { due: readSpan(due) }),
    rungs: children(reminders, 'rungs').flatMap((rung) => readRung(rung) ?? []),
  }
}

/** Writes `kapok:reminders`; nothing when there is no due time and no rung. */
export function writeReminders(factory: Factory, { due, rungs }: Reminders): ModdleElement | undefined {
  if (due === undefined && rungs.length === 0) return undefined
  return make(factory, 'kapok:Reminders', {
    due: due === undefined ? undefined : writeSpan(due),
    rungs: rungs.map((rung) => writeRung(factory, rung)),
  })
}

/** Whether the editor has words for this length of time. */
export function isPlain(span: Span): span is Duration {
  return typeof span !== 'string'
}

/** ISO text → a length of time, kept as it is when there are no words for it. */
export function readSpan(iso: string): Span {
  return fromIso(iso) ?? iso
}

/** A length of time → ISO text. */
export function writeSpan(span: Span): string {
  return isPlain(span) ? toIso(span) : span
}

function readRung(rung: ModdleElement): Rung | undefined {
  const after = readSpan(text(rung, 'after') ?? '')
  switch (rung.$type) {
    case 'kapok:Remind': {
      const named = (text(rung, 'channels') ?? '').split(/\s+/)
      const repeat = text(rung, 'repeat')
      return {
        kind: 'remind',
        after,
        channels: CHANNELS.filter((channel) => named.includes(channel)),
        ...(repeat !== undefined && { repeat: repetitionFromIso(repeat) ?? repeat }),
      }
    }
    case 'kapok:Escalate':
      return { kind: 'escalate', after }
    case 'kapok:Decide':
      return { kind: 'decide', after, decision: text(rung, 'decision') === 'reject' ? 'reject' : 'approve' }
    default:
      return undefined
  }
}

function writeRung(factory: Factory, rung: Rung): ModdleElement {
  const after = writeSpan(rung.after)
  switch (rung.kind) {
    case 'remind':
      return make(factory, 'kapok:Remind', {
        after,
        channels: rung.channels.join(' '),
        repeat: typeof rung.repeat === 'object' ? repetitionToIso(rung.repeat) : rung.repeat,
      })
    case 'escalate':
      return make(factory, 'kapok:Escalate', { after, to: 'superior' })
    case 'decide':
      return make(factory, 'kapok:Decide', { after, decision: rung.decision })
  }
}
