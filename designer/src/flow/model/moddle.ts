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
  /** Attributes of namespaces without a vocabulary here, by prefixed name. */
  readonly $attrs?: Record<string, unknown>
  readonly $descriptor?: { ns?: { localName?: string; uri?: string } }
  get(name: string): unknown
  $instanceOf?(type: string): boolean
}

/** Makes model objects; bpmn-js calls this service `moddle`. */
export interface Factory {
  create(type: string, properties?: Record<string, unknown>): ModdleElement
  /** Makes an extension element of a namespace without a vocabulary here. */
  createAny(name: string, uri: string, properties?: Record<string, unknown>): ModdleElement
}

/** A reference by id that was read, whether or not something has the id. */
export interface Reference {
  element: ModdleElement
  property: string
  id: string
}

/** What reading a file gives. */
export interface Read {
  rootElement: ModdleElement
  references: Reference[]
  warnings: { message: string }[]
}

/** A reader and writer of BPMN XML. */
export interface Moddle extends Factory {
  fromXML(xml: string): Promise<Read>
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
  for (const [name, value] of Object.entries(known)) {
    // What is referred to stands elsewhere.
    if (name.endsWith('Ref')) continue
    for (const part of Array.isArray(value) ? value : [value]) if (isElement(part)) part.$parent = made
  }
  return made
}

/** Sets a property, or removes it with `undefined`. */
export function put(target: ModdleElement, name: string, value: unknown): void {
  const settable = target as ModdleElement & { set(name: string, value: unknown): void }
  settable.set(name, value)
}

/** The file that an object stands in. */
export function rootOf(element: ModdleElement): ModdleElement | undefined {
  let at: ModdleElement | undefined = element
  while (at && !isOf(at, 'bpmn:Definitions')) at = at.$parent
  return at
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value
}
