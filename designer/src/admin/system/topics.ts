/** Whether somebody does what outside workers are for. Pure. */
import type { Topic } from '@/api/types'

/** Workers ask every few seconds; one that has not for so long has stopped. */
const PATIENCE = 5 * 60_000

/** Work waits, and nobody has asked for it for a while. After a start of the server nobody has asked yet, so then the work must have waited. */
export function isForgotten({ waiting, oldest, asked_at }: Topic, now: number): boolean {
  const since = asked_at ?? oldest
  return waiting > 0 && since !== null && now - Date.parse(since) > PATIENCE
}
