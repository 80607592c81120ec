/** The words of bpmn-js in the user's language; what is not listed here is never shown by this editor. */
import type { MessageKey } from '@/i18n'
import type { Say } from '../model/summary'

const KEYS: Record<string, MessageKey> = {
  'Search in diagram': 'flow.canvas.search',
  'Open {element}': 'flow.canvas.open',
  'Toggle non-interrupting': 'flow.canvas.toggleInterrupting',
  Loop: 'flow.canvas.loop',
  'Parallel multi-instance': 'flow.canvas.parallelMultiInstance',
  'Sequential multi-instance': 'flow.canvas.sequentialMultiInstance',
}

/** The module to give to bpmn-js. */
export function translateModule(say: Say) {
  const translate = (template: string, replacements: Record<string, string> = {}): string => {
    const key = KEYS[template]
    const words = key ? say(key, replacements) : template
    return words.replace(/\{(\w+)\}/g, (whole, name: string) => replacements[name] ?? whole)
  }
  return { translate: ['value', translate] }
}
