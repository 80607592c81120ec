/** Calling another process: which, in which version, and what goes in and comes back. */
import { replaceExtensions } from './extensions'
import { foreignAttribute, foreignElements, isForeign, makeForeign, writeForeignAttributes } from './foreign'
import { isVariableName } from './ids'
import { text, type Edit, type Factory, type ModdleElement } from './moddle'

/** A value and the name it has on the other side. */
export interface Passed {
  source: string
  target: string
}

/** Everything, or what is listed. */
export type Passing = 'everything' | Passed[]

/** Which version is called. */
export type Version =
  | { kind: 'latest' }
  /** The version that was published together with the calling one. */
  | { kind: 'deployment' }
  | { kind: 'version'; version: string }

/** A call of another process. */
export interface Call {
  process: string
  version: Version
  inputs: Passing
  outputs: Passing
}

/** Reads a call activity. */
export function readCall(activity: ModdleElement): Call {
  const inputs = passed(activity, 'in')
  const outputs = passed(activity, 'out')
  const isPlain = inputs === undefined && outputs === undefined
  return {
    process: text(activity, 'calledElement') ?? '',
    version: readVersion(activity),
    inputs: inputs ?? (isPlain ? 'everything' : []),
    outputs: outputs ?? (isPlain ? 'everything' : []),
  }
}

/** Writes a call activity. */
export function writeCall(factory: Factory, activity: ModdleElement, call: Call): Edit[] {
  const isPlain = call.inputs === 'everything' && call.outputs === 'everything'
  const made = isPlain
    ? { values: [], edits: [] }
    : makeForeign(factory, activity, [...elementsOf('in', call.inputs), ...elementsOf('out', call.outputs)])
  const isOurs = (value: ModdleElement) =>
    (isForeign(value, 'in') || isForeign(value, 'out')) && (isEverything(value) || pair(value) !== undefined)
  return [
    ...made.edits,
    replaceExtensions(factory, activity, isOurs, made.values),
    { target: activity, properties: { calledElement: call.process.trim() || undefined } },
    ...writeVersion(activity, call.version),
  ]
}

function readVersion(activity: ModdleElement): Version {
  const binding = foreignAttribute(activity, 'calledElementBinding')
  if (binding === 'deployment') return { kind: 'deployment' }
  const version = foreignAttribute(activity, 'calledElementVersion')
  return binding === 'version' ? { kind: 'version', version: version ?? '' } : { kind: 'latest' }
}

function writeVersion(activity: ModdleElement, version: Version): Edit[] {
  // Other bindings of other engines are left alone until a version is chosen here.
  if (JSON.stringify(version) === JSON.stringify(readVersion(activity))) return []
  return writeForeignAttributes(activity, {
    calledElementBinding: version.kind === 'latest' ? undefined : version.kind,
    calledElementVersion: version.kind === 'version' ? version.version : undefined,
  })
}

function passed(activity: ModdleElement, name: 'in' | 'out'): Passing | undefined {
  const elements = foreignElements(activity, name)
  if (elements.some(isEverything)) return 'everything'
  const pairs = elements.flatMap((element) => pair(element) ?? [])
  return elements.length === 0 ? undefined : pairs
}

function isEverything(element: ModdleElement): boolean {
  return text(element, 'variables') === 'all'
}

function pair(element: ModdleElement): Passed | undefined {
  const target = text(element, 'target')
  const expression = text(element, 'sourceExpression')
  const source = text(element, 'source') ?? (expression && (/^[$#]\{\s*([\w.]+)\s*\}$/.exec(expression)?.[1] ?? expression))
  return source !== undefined && target !== undefined ? { source, target } : undefined
}

function elementsOf(name: 'in' | 'out', passing: Passing): { name: string; attributes: Record<string, string> }[] {
  if (passing === 'everything') return [{ name, attributes: { variables: 'all' } }]
  return passing
    .filter(({ source, target }) => source !== '' && target !== '')
    .map(({ source, target }) => ({ name, attributes: { ...sourceAttribute(source), target } }))
}

/** A variable is named; a field of a record, or anything else, is an expression. */
function sourceAttribute(source: string): Record<string, string> {
  if (isVariableName(source)) return { source }
  return { sourceExpression: /^[\w.]+$/.test(source) ? `\${${source}}` : source }
}
