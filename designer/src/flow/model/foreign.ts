/**
 * Settings in the words of other engines, where the standard has none.
 *
 * Their namespaces have no vocabulary here on purpose: with one, moddle would drop every element that the
 * vocabulary does not list, and a process from elsewhere must survive being opened. So their attributes
 * and elements are read and written by name.
 */
import { child, children, rootOf, type Edit, type Factory, type ModdleElement } from './moddle'

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn'
const ENGINES = /camunda\.org|flowable\.org|activiti\.org/

/** An attribute of another engine, by its local name. */
export function foreignAttribute(element: ModdleElement, name: string): string | undefined {
  const written = writtenName(element, name)
  const value = written === undefined ? undefined : element.$attrs?.[written]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Whether code of another engine is named that does what the element is for. */
export function isBoundByName(element: ModdleElement): boolean {
  const names = ['class', 'delegateExpression', 'expression', 'topic']
  return names.some((name) => foreignAttribute(element, name) !== undefined) || foreignElements(element, 'taskDefinition').length > 0
}

/** Sets attributes of other engines where they are, and in Camunda's words where they are not. */
export function writeForeignAttributes(
  element: ModdleElement,
  attributes: Record<string, string | undefined>,
): Edit[] {
  const { prefix, edits } = camunda(element)
  const properties = Object.entries(attributes).map(([name, value]) => [
    writtenName(element, name) ?? `${prefix}:${name}`,
    value === '' ? undefined : value,
  ])
  const declares = Object.values(attributes).some((value) => value)
  return [...(declares ? edits : []), { target: element, properties: Object.fromEntries(properties) as Record<string, unknown> }]
}

/** The extension elements of other engines with this local name. */
export function foreignElements(owner: ModdleElement, name: string): ModdleElement[] {
  return children(child(owner, 'extensionElements'), 'values').filter((value) => isForeign(value, name))
}

/** Whether an extension element is another engine's, of this local name. */
export function isForeign(value: ModdleElement, name: string): boolean {
  const { localName, uri } = value.$descriptor?.ns ?? {}
  return localName === name && uri !== undefined && ENGINES.test(uri)
}

/** Makes extension elements in Camunda's words, and says what the file must declare for them. */
export function makeForeign(
  factory: Factory,
  owner: ModdleElement,
  elements: readonly { name: string; attributes: Record<string, string> }[],
): { values: ModdleElement[]; edits: Edit[] } {
  const { prefix, edits } = camunda(owner)
  const values = elements.map(({ name, attributes }) => factory.createAny(`${prefix}:${name}`, CAMUNDA, attributes))
  return { values, edits: values.length > 0 ? edits : [] }
}

/** The prefix of Camunda's namespace in this file, with the declaration when there is none yet. */
function camunda(element: ModdleElement): { prefix: string; edits: Edit[] } {
  const root = rootOf(element)
  const declared = Object.entries(root?.$attrs ?? {}).find(([name, uri]) => name.startsWith('xmlns:') && uri === CAMUNDA)
  if (declared) return { prefix: declared[0].slice('xmlns:'.length), edits: [] }
  return { prefix: 'camunda', edits: root ? [{ target: root, properties: { 'xmlns:camunda': CAMUNDA } }] : [] }
}

function writtenName(element: ModdleElement, name: string): string | undefined {
  const root = rootOf(element)
  return Object.keys(element.$attrs ?? {}).find((written) => {
    const [prefix, local] = written.split(':')
    const uri: unknown = root?.$attrs?.[`xmlns:${prefix}`]
    return local === name && typeof uri === 'string' && ENGINES.test(uri)
  })
}
