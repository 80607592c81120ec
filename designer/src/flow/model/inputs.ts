/** What is given to work, or to a rule, that is bound by name: rhai expressions by input. */
import { children, make, text, type Factory, type ModdleElement } from './moddle'

export type Inputs = Record<string, string>

export function readInputs(holder: ModdleElement): Inputs {
  return Object.fromEntries(children(holder, 'inputs').map((input) => [text(input, 'name') ?? '', text(input, 'body') ?? '']))
}

/** Writes those that say something. */
export function writeInputs(factory: Factory, inputs: Inputs): ModdleElement[] {
  return Object.entries(inputs)
    .filter(([, body]) => body.trim() !== '')
    .map(([name, body]) => make(factory, 'kapok:Input', { name, body: body.trim() }))
}
