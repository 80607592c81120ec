/** Whether an activity is done once, again and again, or once for each of many. */
import { readConditionIn, writeExpression, type Condition } from './expressions'
import { foreignAttribute, writeForeignAttributes } from './foreign'
import { isVariableName } from './ids'
import { child, flag, integer, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { standIn, variableOf } from './variables'

/** When many are done early. */
export type Finish = { kind: 'all' } | { kind: 'any' } | { kind: 'half' } | { kind: 'when'; condition: Condition }

/** For which an activity is done. */
export type Over =
  /** For each of a list, which the activity knows under the name `item`. */
  | { kind: 'list'; list: string; item: string }
  /** As often as a number, or as an expression says. */
  | { kind: 'times'; count: string }

/** A variable that each gives, and the list they are collected in. */
export interface Collected {
  item: string
  list: string
}

/** How often an activity is done. */
export type Loop =
  | { kind: 'once' }
  | { kind: 'repeat'; condition: Condition; most?: number; asksBefore: boolean }
  | { kind: 'each'; inOrder: boolean; over: Over; collected?: Collected; finish: Finish }

const ANY = 'numberOfCompletedInstances >= 1'
const HALF = 'numberOfCompletedInstances * 2 > numberOfInstances'

/** Reads how often an activity is done. */
export function readLoop(activity: ModdleElement): Loop {
  const loop = child(activity, 'loopCharacteristics')
  if (loop?.$type === 'bpmn:StandardLoopCharacteristics') {
    const most = integer(loop, 'loopMaximum')
    return {
      kind: 'repeat',
      condition: readConditionIn(loop, 'loopCondition'),
      ...(most !== undefined && { most }),
      asksBefore: flag(loop, 'testBefore'),
    }
  }
  if (loop?.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return { kind: 'once' }
  const list = variableOf(child(loop, 'loopDataOutputRef'))
  const item = variableOf(child(loop, 'outputDataItem'))
  return {
    kind: 'each',
    inOrder: flag(loop, 'isSequential'),
    over: readOver(loop),
    ...((list !== '' || item !== '') && { collected: { item, list } }),
    finish: readFinish(loop),
  }
}

/** Writes how often an activity is done. What the editor has no words for stays. */
export function writeLoop(factory: Factory, activity: ModdleElement, loop: Loop): Edit[] {
  if (loop.kind === 'once') return [{ target: activity, properties: { loopCharacteristics: undefined } }]
  const isRepeat = loop.kind === 'repeat'
  const type = isRepeat ? 'bpmn:StandardLoopCharacteristics' : 'bpmn:MultiInstanceLoopCharacteristics'
  const before = child(activity, 'loopCharacteristics')
  const target = before?.$type === type ? before : make(factory, type)
  if (target !== before) target.$parent = activity
  const edits = isRepeat
    ? [{ target, properties: repeatProperties(factory, target, loop) }]
    : writeEach(factory, target, loop)
  // The whole object is set again so that the marker of the activity is drawn again.
  return [...edits, { target: activity, properties: { loopCharacteristics: target } }]
}

function repeatProperties(factory: Factory, target: ModdleElement, loop: Loop & { kind: 'repeat' }) {
  return {
    testBefore: loop.asksBefore || undefined,
    loopMaximum: loop.most,
    loopCondition: writeExpression(factory, target, loop.condition),
  }
}

function readOver(loop: ModdleElement): Over {
  const cardinality = text(child(loop, 'loopCardinality'), 'body')
  if (cardinality !== undefined) return { kind: 'times', count: cardinality }
  const collection = foreignAttribute(loop, 'collection')
  if (collection !== undefined) {
    const list = /^[$#]\{\s*(.+?)\s*\}$/.exec(collection)?.[1] ?? collection
    return { kind: 'list', list, item: foreignAttribute(loop, 'elementVariable') ?? '' }
  }
  return {
    kind: 'list',
    list: variableOf(child(loop, 'loopDataInputRef')),
    item: variableOf(child(loop, 'inputDataItem')),
  }
}

function readFinish(loop: ModdleElement): Finish {
  const condition = readConditionIn(loop, 'completionCondition')
  if (condition.kind === 'none') return { kind: 'all' }
  if (condition.kind === 'script' && condition.source === ANY) return { kind: 'any' }
  if (condition.kind === 'script' && condition.source === HALF) return { kind: 'half' }
  return { kind: 'when', condition }
}

function writeEach(factory: Factory, target: ModdleElement, loop: Loop & { kind: 'each' }): Edit[] {
  const { over, collected, finish } = loop
  const list = over.kind === 'list' ? over : undefined
  // A field of a record is no variable that a reference could name.
  const isPath = list !== undefined && list.list !== '' && !isVariableName(list.list)
  const named = isPath ? undefined : list
  const count = over.kind === 'times' ? over.count.trim() : ''
  const wasForeign = foreignAttribute(target, 'collection') !== undefined
  return [
    {
      target,
      properties: {
        isSequential: loop.inOrder || undefined,
        loopCardinality: count === '' ? undefined : writeExpression(factory, target, { kind: 'script', source: count }),
        loopDataInputRef: reference(factory, target, 'loopDataInputRef', named?.list),
        inputDataItem: dataItem(factory, target, 'inputDataItem', named?.item),
        loopDataOutputRef: reference(factory, target, 'loopDataOutputRef', collected?.list),
        outputDataItem: dataItem(factory, target, 'outputDataItem', collected?.item),
        completionCondition: writeExpression(factory, target, finishCondition(finish)),
      },
    },
    ...(isPath || wasForeign
      ? writeForeignAttributes(target, {
          collection: isPath ? `\${${list.list}}` : undefined,
          elementVariable: isPath ? list.item : undefined,
        })
      : []),
  ]
}

function finishCondition(finish: Finish): Condition {
  switch (finish.kind) {
    case 'all':
      return { kind: 'none' }
    case 'any':
      return { kind: 'script', source: ANY }
    case 'half':
      return { kind: 'script', source: HALF }
    case 'when':
      return finish.condition
  }
}

/** The same reference when it means the same variable, so that opening and saving changes nothing. */
function reference(factory: Factory, loop: ModdleElement, property: string, name = ''): ModdleElement | undefined {
  const before = child(loop, property)
  if (before && variableOf(before) === name) return before
  return name === '' ? undefined : standIn(factory, name)
}

function dataItem(
  factory: Factory,
  loop: ModdleElement,
  property: 'inputDataItem' | 'outputDataItem',
  name = '',
): ModdleElement | undefined {
  const before = child(loop, property)
  if (before && variableOf(before) === name) return before
  if (name === '') return undefined
  const made = make(factory, property === 'inputDataItem' ? 'bpmn:DataInput' : 'bpmn:DataOutput', { name })
  made.$parent = loop
  return made
}
