/** Settings of activities that few need: decisions, undoing, how often a step is awaited, steps in any order. */
import { readConditionIn, writeExpression, type Condition } from './expressions'
import { foreignAttribute, writeForeignAttributes } from './foreign'
import { children, flag, integer, isOf, type Edit, type Factory, type ModdleElement } from './moddle'

/** A step that a decision table decides. */
export interface Decision {
  /** The key of the table. */
  table: string
  /** The variable that receives the answer. */
  result: string
}

/** Reads a business rule task. */
export function readDecision(task: ModdleElement): Decision {
  return {
    table: foreignAttribute(task, 'decisionRef') ?? '',
    result: foreignAttribute(task, 'resultVariable') ?? '',
  }
}

/** Writes a business rule task. */
export function writeDecision(_factory: Factory, task: ModdleElement, { table, result }: Decision): Edit[] {
  return writeForeignAttributes(task, { decisionRef: table.trim(), resultVariable: result.trim() })
}

/** What every activity can have. */
export interface Counts {
  /** How many must arrive before the step begins. */
  start: number
  /** How often the path goes on from it. */
  completion: number
  /** The step only undoes another. */
  undoes: boolean
}

/** Reads what every activity can have. */
export function readCounts(activity: ModdleElement): Counts {
  return {
    start: integer(activity, 'startQuantity') ?? 1,
    completion: integer(activity, 'completionQuantity') ?? 1,
    undoes: flag(activity, 'isForCompensation'),
  }
}

/** Writes what every activity can have; what the standard assumes anyway is not written. */
export function writeCounts(_factory: Factory, activity: ModdleElement, { start, completion, undoes }: Counts): Edit {
  return {
    target: activity,
    properties: {
      startQuantity: start > 1 ? start : undefined,
      completionQuantity: completion > 1 ? completion : undefined,
      isForCompensation: undoes || undefined,
    },
  }
}

/** A sub-process whose steps are done in any order. */
export interface AdHoc {
  oneByOne: boolean
  /** When enough is done; without it, when all is done. */
  enough: Condition
  /** What still goes on then is cancelled. */
  cancelsRest: boolean
}

/** Reads an ad-hoc sub-process. */
export function readAdHoc(process: ModdleElement): AdHoc {
  return {
    oneByOne: process.get('ordering') === 'Sequential',
    enough: readConditionIn(process, 'completionCondition'),
    cancelsRest: process.get('cancelRemainingInstances') !== false,
  }
}

/** Writes an ad-hoc sub-process. */
export function writeAdHoc(factory: Factory, process: ModdleElement, { oneByOne, enough, cancelsRest }: AdHoc): Edit {
  return {
    target: process,
    properties: {
      ordering: oneByOne ? 'Sequential' : undefined,
      completionCondition: writeExpression(factory, process, enough),
      cancelRemainingInstances: cancelsRest ? undefined : false,
    },
  }
}

/** When a complex gateway opens. */
export type Activation = { kind: 'all' } | { kind: 'atLeast'; count: number } | { kind: 'when'; condition: Condition }

/** Reads when a complex gateway opens. */
export function readActivation(gateway: ModdleElement): Activation {
  const condition = readConditionIn(gateway, 'activationCondition')
  if (condition.kind === 'none') return { kind: 'all' }
  const count = condition.kind === 'script' ? /^activationCount\s*>=\s*(\d+)$/.exec(condition.source)?.[1] : undefined
  return count === undefined ? { kind: 'when', condition } : { kind: 'atLeast', count: Number(count) }
}

/** Writes when a complex gateway opens. */
export function writeActivation(factory: Factory, gateway: ModdleElement, activation: Activation): Edit {
  return {
    target: gateway,
    properties: { activationCondition: writeExpression(factory, gateway, activationCondition(activation)) },
  }
}

function activationCondition(activation: Activation): Condition {
  switch (activation.kind) {
    case 'all':
      return { kind: 'none' }
    case 'atLeast':
      return { kind: 'script', source: `activationCount >= ${Math.max(1, Math.round(activation.count))}` }
    case 'when':
      return activation.condition
  }
}

/** What can start a case without a start event: a step that awaits a message, and a gateway that awaits events. */
export interface Beginning {
  starts: boolean
  /** Of a gateway: what starts the case is only the first of all that must come. */
  awaitsAll: boolean
}

/** Reads whether what arrives here starts a case. */
export function readBeginning(node: ModdleElement): Beginning {
  return { starts: flag(node, 'instantiate'), awaitsAll: node.get('eventGatewayType') === 'Parallel' }
}

/** Writes whether what arrives here starts a case; only what starts one can await all. */
export function writeBeginning(_factory: Factory, node: ModdleElement, { starts, awaitsAll }: Beginning): Edit {
  const properties: Record<string, unknown> = { instantiate: starts || undefined }
  if (isOf(node, 'bpmn:EventBasedGateway')) properties['eventGatewayType'] = starts && awaitsAll ? 'Parallel' : undefined
  return { target: node, properties }
}

/** Whether a case could start here: directly in a process, with nothing before it. */
export function canBegin(node: ModdleElement): boolean {
  const isFree = children(node, 'incoming').length === 0 && node.$parent?.$type === 'bpmn:Process'
  return isFree || flag(node, 'instantiate')
}
