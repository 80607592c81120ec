/**
 * Extension elements as a set: one of each kind under an element.
 *
 * A write makes a new container that keeps everything it does not know, so that one property of one
 * object changes, and undo puts the old container back.
 */
import { child, children, make, type Edit, type Factory, type ModdleElement } from './moddle'

/** The extension element of this type, such as `kapok:Approval`. */
export function extension(owner: ModdleElement, type: string): ModdleElement | undefined {
  return children(child(owner, 'extensionElements'), 'values').find((value) => value.$type === type)
}

/** Puts extension elements in the place of those of the same type; `undefined` removes. */
export function withExtensions(
  factory: Factory,
  owner: ModdleElement,
  replacements: Record<string, ModdleElement | undefined>,
): Edit {
  const present = children(child(owner, 'extensionElements'), 'values')
  const pending = new Map(Object.entries(replacements))
  const values: ModdleElement[] = []
  for (const value of present) {
    if (!pending.has(value.$type)) {
      values.push(value)
      continue
    }
    const replacement = pending.get(value.$type)
    if (replacement) values.push(replacement)
    pending.set(value.$type, undefined)
  }
  for (const replacement of pending.values()) if (replacement) values.push(replacement)
  return container(factory, owner, values)
}

/** Puts extension elements, of which there may be many, in the place of those that match. */
export function replaceExtensions(
  factory: Factory,
  owner: ModdleElement,
  isReplaced: (value: ModdleElement) => boolean,
  replacements: readonly ModdleElement[],
): Edit {
  const kept = children(child(owner, 'extensionElements'), 'values').filter((value) => !isReplaced(value))
  return container(factory, owner, [...kept, ...replacements])
}

function container(factory: Factory, owner: ModdleElement, values: ModdleElement[]): Edit {
  const made = values.length > 0 ? make(factory, 'bpmn:ExtensionElements', { values }) : undefined
  if (made) made.$parent = owner
  return { target: owner, properties: { extensionElements: made } }
}
