/** Conditions on sequence flows, and the branch that is taken otherwise. */
import { parseFilter, toRows, writeRows, type Rows } from './filter'
import { child, children, isOf, make, text, type Edit, type Factory, type ModdleElement } from './moddle'

const FILTER_LANGUAGE = 'urn:kapok:filter'

/** The condition of a flow. */
export type Condition =
  | { kind: 'none' }
  | { kind: 'rows'; rows: Rows }
  /** A filter nested deeper than rows can show, as JSON. */
  | { kind: 'filter'; json: string }
  | { kind: 'script'; source: string }

/** Reads the condition of a flow. */
export function readCondition(flow: ModdleElement): Condition {
  const expression = child(flow, 'conditionExpression')
  const body = text(expression, 'body')
  if (body === undefined) return { kind: 'none' }
  if (text(expression, 'language') !== FILTER_LANGUAGE) return { kind: 'script', source: body }
  const filter = parseFilter(body)
  const rows = filter && toRows(filter)
  return rows ? { kind: 'rows', rows } : { kind: 'filter', json: body }
}

/** Writes the condition of a flow; a flow with a condition is no longer the default one. */
export function writeCondition(factory: Factory, flow: ModdleElement, condition: Condition): Edit[] {
  const expression = conditionExpression(factory, condition)
  if (expression) expression.$parent = flow
  const edits: Edit[] = [{ target: flow, properties: { conditionExpression: expression } }]
  const source = child(flow, 'sourceRef')
  if (expression && source && isDefault(flow)) edits.push({ target: source, properties: { default: undefined } })
  return edits
}

/** Whether the flow leaves a gateway that decides, so that it needs a condition or is the default; not one that joins. */
export function isBranch(flow: ModdleElement): boolean {
  const source = child(flow, 'sourceRef')
  if (!source || !isOf(source, 'bpmn:ExclusiveGateway')) return false
  return children(source, 'outgoing').length > 1 || children(source, 'incoming').length < 2
}

/** Whether the flow is the one taken when no other condition holds. */
export function isDefault(flow: ModdleElement): boolean {
  const source = child(flow, 'sourceRef')
  return source?.get('default') === flow
}

/** Makes a flow the one taken otherwise, without a condition; or no longer. */
export function writeDefault(flow: ModdleElement, otherwise: boolean): Edit[] {
  const source = child(flow, 'sourceRef')
  if (!source) return []
  const edits: Edit[] = [{ target: source, properties: { default: otherwise ? flow : undefined } }]
  if (otherwise) edits.push({ target: flow, properties: { conditionExpression: undefined } })
  return edits
}

function conditionExpression(factory: Factory, condition: Condition): ModdleElement | undefined {
  const write = (language: string, body: string | undefined) =>
    body === undefined || body.trim() === ''
      ? undefined
      : make(factory, 'bpmn:FormalExpression', { language, body: body.trim() })
  switch (condition.kind) {
    case 'none':
      return undefined
    case 'rows':
      return write(FILTER_LANGUAGE, writeRows(condition.rows))
    case 'filter':
      return write(FILTER_LANGUAGE, condition.json)
    case 'script':
      return write('rhai', condition.source)
  }
}
