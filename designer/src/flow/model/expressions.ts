/** Conditions as the file holds them: rows of our filter, or a script. */
import { parseFilter, toRows, writeRows, type Rows } from './filter'
import { child, make, text, type Edit, type Factory, type ModdleElement } from './moddle'

const FILTER_LANGUAGE = 'urn:kapok:filter'

/** A condition. */
export type Condition =
  | { kind: 'none' }
  | { kind: 'rows'; rows: Rows }
  /** A filter nested deeper than rows can show, as JSON. */
  | { kind: 'filter'; json: string }
  | { kind: 'script'; source: string }

/** Reads a condition. */
export function readExpression(expression: ModdleElement | undefined): Condition {
  const body = text(expression, 'body')
  if (body === undefined) return { kind: 'none' }
  if (text(expression, 'language') !== FILTER_LANGUAGE) return { kind: 'script', source: body }
  const filter = parseFilter(body)
  const rows = filter && toRows(filter)
  return rows ? { kind: 'rows', rows } : { kind: 'filter', json: body }
}

/** Writes a condition for an object; nothing when there is none. */
export function writeExpression(factory: Factory, owner: ModdleElement, condition: Condition): ModdleElement | undefined {
  switch (condition.kind) {
    case 'none':
      return undefined
    case 'rows':
      return expression(factory, owner, FILTER_LANGUAGE, writeRows(condition.rows))
    case 'filter':
      return expression(factory, owner, FILTER_LANGUAGE, condition.json)
    case 'script':
      return expression(factory, owner, 'rhai', condition.source)
  }
}

/** Reads the condition in a property of an object. */
export function readConditionIn(owner: ModdleElement | undefined, property: string): Condition {
  return readExpression(child(owner, property))
}

/** Writes the condition in a property of an object. */
export function writeConditionIn(factory: Factory, owner: ModdleElement, property: string, condition: Condition): Edit {
  return { target: owner, properties: { [property]: writeExpression(factory, owner, condition) } }
}

function expression(
  factory: Factory,
  owner: ModdleElement,
  language: string,
  body: string | undefined,
): ModdleElement | undefined {
  if (body === undefined || body.trim() === '') return undefined
  const made = make(factory, 'bpmn:FormalExpression', { language, body: body.trim() })
  made.$parent = owner
  return made
}
