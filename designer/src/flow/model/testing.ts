/** Helpers for the tests of the model: a process of one element, and what the XML says after a change. */
import { createModdle, children, type Edit, type ModdleElement } from './moddle'
import { mainProcess } from './definitions'

const HEAD =
  '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:kapok="urn:kapok:bpmn:1" xmlns:other="urn:other" id="d" targetNamespace="urn:t">'

export const moddle = createModdle()

/** Reads a process with this content. */
export async function processOf(content: string): Promise<ModdleElement> {
  const xml = `${HEAD}<bpmn:process id="p" isExecutable="true">${content}</bpmn:process></bpmn:definitions>`
  const { rootElement, warnings } = await moddle.fromXML(xml)
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
  for (const { target, properties } of [edits].flat()) Object.assign(target, properties)
}

/** The content of the process as XML, without the frame. */
export async function contentOf(process: ModdleElement): Promise<string> {
  const root = process.$parent
  if (!root) throw new Error('no file')
  const { xml } = await moddle.toXML(root, { format: false })
  return /<bpmn:process[^>]*?(?:\/>|>(.*)<\/bpmn:process>)/s.exec(xml)?.[1] ?? ''
}
