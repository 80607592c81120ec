/** Helpers for the tests of the model: a process of one element, and what the XML says after a change. */
import { mainProcess } from './definitions'
import { createModdle, children, put, type Edit, type ModdleElement } from './moddle'
import { keepVariables } from './variables'

const HEAD =
  '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:kapok="urn:kapok:bpmn:1" xmlns:other="urn:other" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="urn:t">'

export const moddle = createModdle()

/** Reads a process with this content, and with these objects before it. */
export async function processOf(content: string, before = ''): Promise<ModdleElement> {
  const xml = `${HEAD}${before}<bpmn:process id="p" isExecutable="true">${content}</bpmn:process></bpmn:definitions>`
  const read = await moddle.fromXML(xml)
  const { rootElement } = read
  const kept = keepVariables(moddle, read.references)
  const warnings = read.warnings.filter(
    ({ message }) => !message.startsWith('unknown attribute') && !kept.some((name) => message.includes(`<${name}>`)),
  )
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.message).join('\n'))
  const process = mainProcess(rootElement)
  if (!process) throw new Error('no process')
  return process
}

/** Reads the element with this id. */
export function elementOf(process: ModdleElement, id: string): ModdleElement {
  const element = children(process, 'flowElements').find((one) => one.get('id') === id)
  if (!element) throw new Error(`no element ${id}`)
  return element
}

/** Does what the canvas does with edits, without a way back. */
export function applyEdits(edits: Edit | Edit[]): void {
  for (const { target, properties } of [edits].flat()) {
    for (const [name, value] of Object.entries(properties)) put(target, name, value)
  }
}

/** The content of the process as XML, without the frame. */
export async function contentOf(process: ModdleElement): Promise<string> {
  const root = process.$parent
  if (!root) throw new Error('no file')
  const { xml } = await moddle.toXML(root, { format: false })
  return /<bpmn:process[^>]*?(?:\/>|>(.*)<\/bpmn:process>)/s.exec(xml)?.[1] ?? ''
}

/** The whole file as XML. */
export async function fileOf(process: ModdleElement): Promise<string> {
  const root = process.$parent
  if (!root) throw new Error('no file')
  return (await moddle.toXML(root, { format: false })).xml
}
