/**
 * What a step that is done many times tells others on the way.
 *
 * In BPMN this is `behavior` of the repetition: after each (`None`), after the first (`One`), never (`All`), or by
 * conditions (`Complex`). What is thrown is an event definition that stands at the top of the file.
 */
import { child, children, make, rootOf, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { freeId } from './roots'
import { DEFINITIONS, kindOf, type EventKind } from './triggers'

/** When others are told. */
export const MOMENTS = ['never', 'first', 'each'] as const
/** By what they can be told. */
export const TELLERS = ['signal', 'message', 'escalation'] as const

/** What can be thrown here. */
export type Teller = (typeof TELLERS)[number]

/** What a repetition tells others; `complex` is what the editor has no words for. */
export type Progress =
  | { when: 'never' | 'complex' }
  | { when: 'first' | 'each'; by: EventKind | undefined; definition: ModdleElement | undefined }

const WORDS = { first: 'One', each: 'None' } as const
const REFERENCES = { first: 'oneBehaviorEventRef', each: 'noneBehaviorEventRef' } as const

/** Reads what a repetition tells others. */
export function readProgress(activity: ModdleElement): Progress {
  const loop = child(activity, 'loopCharacteristics')
  const behavior = text(loop, 'behavior')
  if (behavior === 'Complex') return { when: 'complex' }
  const when = (['first', 'each'] as const).find((moment) => WORDS[moment] === behavior)
  if (!when) return { when: 'never' }
  const definition = child(loop, REFERENCES[when])
  return { when, by: definition && kindOf(definition), definition }
}

/** Makes a repetition tell others at a moment, by an event that nothing else throws; what it told before is gone. */
export function writeProgress(
  factory: Factory,
  activity: ModdleElement,
  when: (typeof MOMENTS)[number],
  by: Teller = 'signal',
): Edit[] {
  const loop = child(activity, 'loopCharacteristics')
  const file = rootOf(activity)
  if (!loop || !file) return []
  const before = readProgress(activity)
  const old = 'definition' in before ? before.definition : undefined
  const isSame = 'by' in before && before.by === by
  const definition = when === 'never' ? undefined : isSame && old ? old : newDefinition(factory, file, by)
  return [
    ...rootEdits(file, loop, old, definition),
    {
      target: loop,
      properties: {
        behavior: when === 'never' ? undefined : WORDS[when],
        oneBehaviorEventRef: when === 'first' ? definition : undefined,
        noneBehaviorEventRef: when === 'each' ? definition : undefined,
        complexBehaviorDefinition: undefined,
      },
    },
  ]
}

function newDefinition(factory: Factory, file: ModdleElement, by: Teller): ModdleElement {
  const type = DEFINITIONS[by]
  const made = make(factory, type, { id: freeId(children(file, 'rootElements'), type) })
  made.$parent = file
  return made
}

/** Adds the new definition to the file, and takes the old one out unless something else refers to it. */
function rootEdits(file: ModdleElement, loop: ModdleElement, old?: ModdleElement, made?: ModdleElement): Edit[] {
  if (old === made) return []
  const roots = children(file, 'rootElements')
  const isShared = old !== undefined && roots.some((root) => refersTo(root, old, loop))
  const kept = old === undefined || isShared ? roots : roots.filter((root) => root !== old)
  return [{ target: file, properties: { rootElements: made ? [...kept, made] : kept } }]
}

/** Whether something in an element, other than one repetition, refers to a definition. */
function refersTo(within: ModdleElement, definition: ModdleElement, except: ModdleElement): boolean {
  const loop = child(within, 'loopCharacteristics')
  const byLoop = loop !== undefined && loop !== except && Object.values(REFERENCES).some((name) => child(loop, name) === definition)
  if (byLoop || children(within, 'eventDefinitionRef').includes(definition)) return true
  return children(within, 'flowElements').some((inner) => refersTo(inner, definition, except))
}
