/** Finding a process in its file, and copying a file as a new process. */
import { children, createModdle, flag, isOf, text, type ModdleElement } from './moddle'
import { keepVariables } from './variables'

/** The process that runs: the first executable one, else the first. */
export function mainProcess(definitions: ModdleElement): ModdleElement | undefined {
  const processes = children(definitions, 'rootElements').filter((element) => isOf(element, 'bpmn:Process'))
  return processes.find((process) => flag(process, 'isExecutable')) ?? processes[0]
}

/** A template's XML under a new key. */
export async function copyProcess(xml: string, key: string): Promise<string> {
  const moddle = createModdle()
  const { rootElement, references } = await moddle.fromXML(xml)
  keepVariables(moddle, references)
  const process = mainProcess(rootElement)
  if (process) Object.assign(process, { id: key })
  return (await moddle.toXML(rootElement, { format: true })).xml
}

/** Key and name of the process in a file. */
export async function describeProcess(xml: string): Promise<{ key: string; name: string }> {
  const { rootElement } = await createModdle().fromXML(xml)
  const process = mainProcess(rootElement)
  const key = text(process, 'id') ?? ''
  return { key, name: text(process, 'name') ?? key }
}
