/** Messages, signals, errors and escalations: they stand beside the processes of a file, and events refer to them by name. */
import { child, children, isOf, make, rootOf, text, type Edit, type Factory, type ModdleElement } from './moddle'

/** What events refer to, and by what people know it. */
export const ROOTS = {
  message: { type: 'bpmn:Message', reference: 'messageRef', known: 'name' },
  signal: { type: 'bpmn:Signal', reference: 'signalRef', known: 'name' },
  error: { type: 'bpmn:Error', reference: 'errorRef', known: 'errorCode' },
  escalation: { type: 'bpmn:Escalation', reference: 'escalationRef', known: 'escalationCode' },
} as const

/** One of them. */
export type RootKind = keyof typeof ROOTS

/** All of a kind in the file, by the name or code they are known by. */
export function rootNames(element: ModdleElement, kind: RootKind): string[] {
  return [...new Set(all(element, kind).map(knownAs(kind)))].filter((name) => name !== '')
}

/** The one that an event definition or a task refers to. */
export function referred(owner: ModdleElement | undefined, kind: RootKind): ModdleElement | undefined {
  return child(owner, ROOTS[kind].reference)
}

/** Its name or code; empty when there is none. */
export function readReference(owner: ModdleElement | undefined, kind: RootKind): string {
  const root = referred(owner, kind)
  return root ? knownAs(kind)(root) : ''
}

/** Refers to the one with this name, which is added to the file when there is none; an empty name refers to none. */
export function writeReference(factory: Factory, owner: ModdleElement, kind: RootKind, name: string): Edit[] {
  const { reference } = ROOTS[kind]
  const wanted = name.trim()
  if (wanted === '') return [{ target: owner, properties: { [reference]: undefined } }]
  const { root, edits } = rootNamed(factory, owner, kind, wanted)
  return [...edits, { target: owner, properties: { [reference]: root } }]
}

/** The one with this name, and what adds it to the file when there is none. */
export function rootNamed(
  factory: Factory,
  from: ModdleElement,
  kind: RootKind,
  name: string,
): { root: ModdleElement | undefined; edits: Edit[] } {
  const { type, known } = ROOTS[kind]
  const present = all(from, kind).find((one) => knownAs(kind)(one) === name)
  if (present) return { root: present, edits: [] }
  const file = rootOf(from)
  if (!file) return { root: undefined, edits: [] }
  const roots = children(file, 'rootElements')
  const made = make(factory, type, { id: freeId(roots, type), name, [known]: name })
  made.$parent = file
  return { root: made, edits: [{ target: file, properties: { rootElements: [...roots, made] } }] }
}

function all(element: ModdleElement, kind: RootKind): ModdleElement[] {
  return children(rootOf(element), 'rootElements').filter((one) => isOf(one, ROOTS[kind].type))
}

function knownAs(kind: RootKind): (root: ModdleElement) => string {
  return (root) => text(root, ROOTS[kind].known) ?? text(root, 'name') ?? text(root, 'id') ?? ''
}

/** An id that nothing at the top of the file has yet. */
export function freeId(roots: readonly ModdleElement[], type: string): string {
  const stem = type.replace('bpmn:', '')
  let number = 1
  while (roots.some((element) => text(element, 'id') === `${stem}_${number}`)) number += 1
  return `${stem}_${number}`
}
