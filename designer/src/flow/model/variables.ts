/**
 * References to variables.
 *
 * The standard lets a repeated step refer to a data object by its id; here that may also be the name of a
 * variable, which no element has as its id. moddle drops such a reference, so a stand-in takes its place:
 * only its id is ever written.
 */
import { child, text, type Factory, type ModdleElement, type Reference } from './moddle'

const PROPERTIES = ['bpmn:loopDataInputRef', 'bpmn:loopDataOutputRef']

/** Puts stand-ins where references name variables, right after a file was read; tells the names. */
export function keepVariables(factory: Factory, references: readonly Reference[]): string[] {
  return references
    .filter(({ element, property }) => PROPERTIES.includes(property) && child(element, property) === undefined)
    .map(({ element, property, id }) => {
      Object.assign(element, { [property.replace('bpmn:', '')]: standIn(factory, id) })
      return id
    })
}

/** Something to refer to that is written as this name. */
export function standIn(factory: Factory, name: string): ModdleElement {
  return factory.create('bpmn:DataInput', { id: name })
}

/** The variable that a reference means. */
export function variableOf(reference: ModdleElement | undefined): string {
  return text(reference, 'name') ?? text(reference, 'id') ?? ''
}
