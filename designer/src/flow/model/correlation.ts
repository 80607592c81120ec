/** Which case a message is for: the value that sender and receiver have in common. */
import { foreignElements } from './foreign'
import { extension, withExtensions } from './extensions'
import { make, text, type Edit, type Factory, type ModdleElement } from './moddle'

/** The expression of a message's key; one of another engine is shown as it is written. */
export function readCorrelation(message: ModdleElement): string {
  const own = text(extension(message, 'kapok:Correlation'), 'key')
  if (own !== undefined) return own
  const [theirs] = foreignElements(message, 'subscription')
  return text(theirs, 'correlationKey') ?? ''
}

/** Writes the expression of a message's key. */
export function writeCorrelation(factory: Factory, message: ModdleElement, key: string): Edit {
  const trimmed = key.trim()
  return withExtensions(factory, message, {
    'kapok:Correlation': trimmed === '' ? undefined : make(factory, 'kapok:Correlation', { key: trimmed }),
  })
}
