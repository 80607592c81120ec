/**
 * The little of bpmn-moddle's objects that the settings need, typed.
 *
 * moddle objects are read with `get` and never written here: a change is an {@link Edit} that the
 * canvas applies as one command, so that undo and redo are complete.
 */
import { BpmnModdle } from 'bpmn-moddle'
import kapok from './kapok.json'

/** An object of the BPMN model, or an extension element. */
export interface ModdleElement {
  readonly $type: string
  $parent?: ModdleElement
  get(name: string): unknown
  $instanceOf?(type: string): boolean
}

/** Makes model objects; bpmn-js calls this service `moddle`. */
export interface Factory {
  create(type: string, properties?: Record<string, unknown>): ModdleElement
}

/** A reader and writer of BPMN XML. */
export interface Moddle extends Factory {
  fromXML(xml: string): Promise<{ rootElement: ModdleElement; warnings: { message: string }[] }>
  toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>
}

/** Properties of one model object that change together; `undefined` removes a property. */
export interface Edit {
  target: ModdleElement
  properties: Record<string, unknown>
}

/** bpmn-js takes the vocabulary under this name. */
export const moddleExtensions = { kapok }

/** A reader and writer that knows Kapok's vocabulary. */
export function createModdle(): Moddle {
  return new BpmnModdle(moddleExtensions)
}

/** Whether the object is of this BPMN type or a subtype of it. */
export function isOf(element: ModdleElement, type: string): boolean {
  return element.$instanceOf?.(type) ?? element.$type === type
}

/** A text property, or nothing when it is absent or empty. */
export function text(element: ModdleElement | undefined, name: string): string | undefined {
  const value = element?.get(name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A true-or-false property. */
export function flag(element: ModdleElement | undefined, name: string): boolean {
  return element?.get(name) === true
}

/** A whole-number property. */
export function integer(element: ModdleElement | undefined, name: string): number | undefined {
  const value = element?.get(name)
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}

/** One object in a property. */
export function child(element: ModdleElement | undefined, name: string): ModdleElement | undefined {
  const value = element?.get(name)
  return isElement(value) ? value : undefined
}

/** The objects in a list property. */
export function children(element: ModdleElement | undefined, name: string): ModdleElement[] {
  const value = element?.get(name)
  return Array.isArray(value) ? value.filter(isElement) : []
}

/** Makes an object and says in every child which object it stands in. */
export function make(factory: Factory, type: string, properties: Record<string, unknown> = {}): ModdleElement {
  const known = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
  const made = factory.create(type, known)
  for (const value of Object.values(known)) {
    for (const part of Array.isArray(value) ? value : [value]) if (isElement(part)) part.$parent = made
  }
  return made
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value
}
