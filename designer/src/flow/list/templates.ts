/** The processes that ship with the product, as starting points for one's own. */
import { copyProcess } from '../model/definitions'

const files = import.meta.glob<string>('../../../../workflows/*/*.bpmn', { query: '?raw', import: 'default' })

/** The templates, in the order in which they are offered. */
export const TEMPLATES = [
  { id: 'leave', name: 'leave' },
  { id: 'quoteApproval', name: 'quote-approval' },
] as const

/** One of the templates. */
export type Template = (typeof TEMPLATES)[number]

/** A template's XML as a new process. */
export async function fromTemplate({ name }: Template, key: string): Promise<string> {
  const read = files[`../../../../workflows/${name}/${name}.bpmn`]
  if (!read) throw new Error(`the template ${name} is not there`)
  return copyProcess(await read(), key)
}
