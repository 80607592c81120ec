/** Conditions on sequence flows, and the branch that is taken otherwise. */
import { readExpression, writeExpression, type Condition } from './expressions'
import { child, children, isOf, type Edit, type Factory, type ModdleElement } from './moddle'

/** Reads the condition of a flow. */
export function readCondition(flow: ModdleElement): Condition {
  return readExpression(child(flow, 'conditionExpression'))
}

/** Writes the condition of a flow; a flow with a condition is no longer the default one. */
export function writeCondition(factory: Factory, flow: ModdleElement, condition: Condition): Edit[] {
  const expression = writeExpression(factory, flow, condition)
  const edits: Edit[] = [{ target: flow, properties: { conditionExpression: expression } }]
  const source = child(flow, 'sourceRef')
  if (expression && source && isDefault(flow)) edits.push({ target: source, properties: { default: undefined } })
  return edits
}

const DECIDING = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']

/** Whether the gateway decides by conditions which of its branches are taken. */
export function decides(gateway: ModdleElement): boolean {
  return DECIDING.some((type) => isOf(gateway, type))
}

/** Whether the flow leaves a gateway that decides, so that it needs a condition or is the default; not one that joins. */
export function isBranch(flow: ModdleElement): boolean {
  const source = child(flow, 'sourceRef')
  if (!source || !decides(source)) return false
  return children(source, 'outgoing').length > 1 || children(source, 'incoming').length < 2
}

/** Whether the flow may have a condition without needing one: it leaves a step, or a gateway that counts. */
export function mayBranch(flow: ModdleElement): boolean {
  const source = child(flow, 'sourceRef')
  return source !== undefined && (isOf(source, 'bpmn:Activity') || isOf(source, 'bpmn:ComplexGateway'))
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
