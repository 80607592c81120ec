/**
 * One open process: the canvas, what is selected, and every way to change it.
 *
 * Components get it by injection. Model objects stay outside Vue's reactivity; `revision` counts the
 * changes, and what reads settings reads `revision` first.
 */
import { inject, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { mainProcess } from '../model/definitions'
import { definitionType, formOf, isCompensationWatch, stepKind, type StepKind } from '../model/elements'
import { writeRecordTrigger } from '../model/events'
import { decides } from '../model/flows'
import { hasLanes } from '../model/lanes'
import { child, isOf, put, rootOf, text, type Edit, type Factory, type ModdleElement, type Reference } from '../model/moddle'
import { newStep, presetForReplaced, presetInFile, presetInLane } from '../model/steps'
import { EVERY_MORNING } from '../model/timers'
import type { Say } from '../model/summary'
import { eventKind, isEventStart, writeKind } from '../model/triggers'
import { keepVariables } from '../model/variables'
import { ALL_AT_ONCE, APPLY_SETTINGS } from './commands'
import type { FlowModeler } from './modeler'
import { canContinue, descendants, middle } from './places'
import type { CanvasElement, Point, Services } from './services'

/** Room between two steps, the same as bpmn-js leaves. */
const GAP = 50
/** A branch has room for its condition. */
const BRANCH_GAP = 100
/** As wide as BPMN tools draw a task. */
const STEP_WIDTH = 100
/** What a sub-process begins with. */
const INNER: Partial<Record<StepKind, StepKind>> = {
  subprocess: 'start',
  transaction: 'start',
  eventSubprocess: 'startMessage',
}
/** What stays free around an element that is brought into view: tools above it, next steps beside it. */
const AROUND = { top: 90, right: 270, bottom: 60, left: 60 }

/** Elements that the pointer has put down; other ways of making them give no kind. */
interface Drawn {
  context: { elements: CanvasElement[]; hints?: { drawnKind?: StepKind } }
}

export class FlowEditor {
  /** The one selected element; nothing selected means the process itself. */
  readonly selected: ShallowRef<CanvasElement | undefined> = shallowRef()
  /** How many elements are selected. */
  readonly selectedCount: Ref<number> = ref(0)
  /** Grows with every change. */
  readonly revision: Ref<number> = ref(0)
  readonly canUndo: Ref<boolean> = ref(false)
  readonly canRedo: Ref<boolean> = ref(false)
  readonly factory: Factory

  constructor(
    readonly modeler: FlowModeler,
    private readonly say: Say,
  ) {
    const bpmn = modeler.get('bpmnFactory')
    const moddle = modeler.get('moddle')
    this.factory = {
      create: (type, properties) => bpmn.create(type, properties),
      createAny: (name, uri, properties) => moddle.createAny(name, uri, properties),
    }
    const events = modeler.get('eventBus')
    events.on('selection.changed', ({ newSelection }: { newSelection: CanvasElement[] }) => {
      const [only, ...more] = newSelection
      this.selectedCount.value = newSelection.length
      this.selected.value = more.length === 0 ? (only?.labelTarget ?? only) : undefined
    })
    events.on(['commandStack.changed', 'import.done'], () => this.noteChange())
    events.on('import.parse.complete', ({ references }: { references?: Reference[] }) => {
      keepVariables(this.factory, references ?? [])
    })
    // What is drawn by the pointer begins with the same as what is appended, in the same step of undo.
    events.on('commandStack.elements.create.postExecuted', ({ context: { elements, hints } }: Drawn) => {
      const [shape] = elements
      if (shape && hints?.drawnKind) this.fill(shape, hints.drawnKind)
    })
    // A click on an element prevents the browser's own focus; without it, keys would still go to the palette.
    events.on('element.mousedown', () => modeler.get('canvas').focus())
  }

  /** Opens a file. What was drawn before is gone. */
  async open(xml: string): Promise<void> {
    await this.modeler.importXML(xml)
    this.selected.value = undefined
    this.fit()
  }

  /** The file as it is now. */
  async xml(): Promise<string> {
    const { xml } = await this.modeler.saveXML({ format: true })
    return xml ?? ''
  }

  /** The process on the canvas. */
  get root(): CanvasElement {
    return this.modeler.get('canvas').getRootElement()
  }

  /** The process that runs, as a model object; where pools are drawn it is in one of them. */
  get process(): ModdleElement {
    const { businessObject } = this.root
    const file = isOf(businessObject, 'bpmn:Process') ? undefined : rootOf(businessObject)
    return (file && mainProcess(file)) ?? businessObject
  }

  /** What holds the settings of an element: of a pool and of the whole drawing their process. */
  settingsOf(element: CanvasElement): ModdleElement {
    const { businessObject } = element
    if (isOf(businessObject, 'bpmn:Collaboration')) return this.process
    return child(businessObject, 'processRef') ?? businessObject
  }

  /** Applies edits as one step of undo; `label` renames the element in the same step. */
  apply(element: CanvasElement, edits: Edit | Edit[], label?: string): void {
    const context = { element, edits: [edits].flat(), ...(label !== undefined && { label }) }
    this.modeler.get('commandStack').execute(APPLY_SETTINGS, context)
  }

  /** Renames an element or the process. */
  rename(element: CanvasElement, name: string): void {
    const target = this.settingsOf(element)
    if (element === this.root) this.apply(element, { target, properties: { name: name || undefined } })
    else this.modeler.get('modeling').updateLabel(element, name)
  }

  /** Draws a step after another, connects them and selects it. */
  append(source: CanvasElement, kind: StepKind): CanvasElement {
    const added = this.allAtOnce(() => {
      const shape = this.shape(kind)
      if (isCompensationWatch(source.businessObject)) put(shape.businessObject, 'isForCompensation', true)
      const added = this.modeler.get('modeling').appendShape(source, shape, this.placeAfter(source, shape), source.parent)
      this.fill(added, kind)
      return added
    })
    this.bringIntoView(added)
    return added
  }

  /** Puts a step into a flow, moving what follows to make room. */
  insert(flow: CanvasElement, kind: StepKind): CanvasElement {
    const { source, target } = flow
    if (!source || !target) return flow
    return this.allAtOnce(() => {
      const modeling = this.modeler.get('modeling')
      const shape = this.shape(kind)
      const free = target.x - (source.x + source.width)
      // A step of another branch will stand beside a decision, so what follows moves further.
      const after = kind === 'branch' ? BRANCH_GAP + STEP_WIDTH + GAP : GAP
      const missing = Math.max(0, GAP + shape.width + after - free)
      const isStraight = free > 0 && flow.waypoints?.length === 2
      if (isStraight && missing > 0) this.makeRoom(target.x - 1, missing)
      const position = isStraight
        ? { x: source.x + source.width + GAP + shape.width / 2, y: middle(flow).y }
        : middle(flow)
      const added = modeling.createShape(shape, position, flow)
      this.fill(added, kind)
      return added
    })
  }

  /** Attaches an event that watches over a step to its border, beside those that are there. */
  attach(host: CanvasElement, kind: StepKind): CanvasElement {
    return this.allAtOnce(() => {
      const beside = (host.attachers?.length ?? 0) * 44
      const corner = { x: Math.max(host.x + 20, host.x + host.width - 20 - beside), y: host.y + host.height }
      return this.modeler.get('modeling').createShape(this.shape(kind), corner, host, { attach: true })
    })
  }

  /** Turns an element into another kind; what both kinds know stays, its id too. */
  replace(element: CanvasElement, kind: StepKind): CanvasElement {
    const { businessObject } = element
    const before = stepKind(businessObject)
    const { type, byEvent, event } = formOf(kind)
    return this.allAtOnce(() => {
      if (type === businessObject.$type && isOf(businessObject, 'bpmn:Event')) {
        const timer = kind === 'startTimer' && !isEventStart(businessObject) ? EVERY_MORNING : undefined
        const edits = [writeKind(this.factory, businessObject, event, timer)]
        // A start that a record causes is a start of no kind to BPMN.
        if (type === 'bpmn:StartEvent') edits.push(writeRecordTrigger(this.factory, businessObject, undefined))
        this.apply(element, edits, this.nameAfter(element, before, kind))
        this.fill(element, kind)
        return element
      }
      const staysSame = type === businessObject.$type && !byEvent && before !== 'eventSubprocess'
      const made = staysSame ? element : this.makeInto(element, kind)
      const edits = presetForReplaced(this.factory, kind, made.businessObject, this.say)
      this.apply(made, edits, this.nameAfter(made, before, kind))
      if (made !== element) this.fill(made, kind)
      return made
    })
  }

  /** Gives a pool, or a lane, one more lane under it. */
  addLane(element: CanvasElement): void {
    this.select(this.modeler.get('modeling').addLane(element, 'bottom'))
  }

  /** Begins to draw a step with the pointer. */
  startDrawing(event: Event, kind: StepKind): void {
    const shape = this.shape(kind)
    const elements = INNER[kind] ? [shape, this.innerStart(shape, INNER[kind])] : shape
    this.modeler.get('create').start(event, elements, { hints: { autoSelect: [shape], drawnKind: kind } })
  }

  /** Begins to draw a flow with the pointer. */
  startConnecting(event: Event, source: CanvasElement): void {
    this.modeler.get('connect').start(event, source, true)
  }

  /** Removes elements and the flows that hang on them. */
  remove(elements: CanvasElement[]): void {
    this.modeler.get('modeling').removeElements(elements)
  }

  /** Selects an element by its id and brings it into view. */
  reveal(id: string): void {
    const element = this.modeler.get('elementRegistry').get(id)
    const selection = this.modeler.get('selection')
    if (!element || element === this.root) {
      selection.select(null)
      return
    }
    selection.select(element)
    this.bringIntoView(element)
  }

  select(element: CanvasElement | null): void {
    this.modeler.get('selection').select(element)
  }

  undo(): void {
    this.modeler.get('commandStack').undo()
  }

  redo(): void {
    this.modeler.get('commandStack').redo()
  }

  zoomBy(factor: number): void {
    const canvas = this.modeler.get('canvas')
    canvas.zoom(Math.min(4, Math.max(0.2, canvas.viewbox().scale * factor)), 'auto')
  }

  /** Shows the whole process, never larger than life. */
  fit(): void {
    fitDiagram(this.modeler.get('canvas'))
  }

  search(): void {
    this.modeler.get('searchPad').toggle()
  }

  /** Draws every element again, because words or names have changed. */
  redraw(): void {
    const elements = this.modeler.get('elementRegistry').getAll().filter((element) => element !== this.root)
    this.modeler.get('eventBus').fire('elements.changed', { elements })
  }

  destroy(): void {
    this.modeler.destroy()
  }

  private bringIntoView(element: CanvasElement): void {
    const around = canContinue(element) ? AROUND : { ...AROUND, right: AROUND.left }
    this.modeler.get('canvas').scrollToElement(element, around)
  }

  private noteChange(): void {
    const stack = this.modeler.get('commandStack')
    this.canUndo.value = stack.canUndo()
    this.canRedo.value = stack.canRedo()
    this.revision.value += 1
  }

  private allAtOnce(change: () => CanvasElement): CanvasElement {
    let result: CanvasElement | undefined
    const run = () => {
      result = change()
    }
    this.modeler.get('commandStack').execute(ALL_AT_ONCE, { run })
    if (!result) throw new Error('the change was not made')
    this.select(result)
    return result
  }

  private shape(kind: StepKind): CanvasElement {
    const elements = this.modeler.get('elementFactory')
    const { type, group } = formOf(kind)
    if (kind === 'pool') {
      const pool = elements.createParticipantShape({ isExpanded: true })
      put(pool.businessObject, 'name', this.say('flow.step.pool'))
      const process = child(pool.businessObject, 'processRef')
      // What is drawn in it is meant to run.
      if (process) put(process, 'isExecutable', true)
      return pool
    }
    const businessObject = newStep(this.factory, kind, this.say)
    const isExpanded = group === 'inner' && kind !== 'call'
    return elements.createShape({ type, businessObject, ...(isExpanded && { isExpanded }) })
  }

  private makeInto(element: CanvasElement, kind: StepKind): CanvasElement {
    const { type, byEvent, group } = formOf(kind)
    const eventDefinitionType = definitionType(kind)
    return this.modeler.get('bpmnReplace').replaceElement(
      element,
      {
        type,
        ...(eventDefinitionType && { eventDefinitionType }),
        ...(byEvent && { triggeredByEvent: true }),
        ...(group === 'inner' && kind !== 'call' && { isExpanded: true }),
      },
      { select: false },
    )
  }

  /** A step that still has the name it was drawn with takes the name of its new kind. */
  private nameAfter(element: CanvasElement, before: StepKind | undefined, kind: StepKind): string | undefined {
    const name = text(element.businessObject, 'name')
    return before && name === this.say(`flow.step.${before}`) ? this.say(`flow.step.${kind}`) : undefined
  }

  /** Where a next step goes: bpmn-js finds the row, a decision keeps room for conditions. */
  private placeAfter(source: CanvasElement, shape: CanvasElement): Point {
    const place = this.modeler.get('eventBus').fire('autoPlace', { source, shape }) as Point
    if (!decides(source.businessObject)) return place
    return { ...place, x: source.x + source.width + BRANCH_GAP + shape.width / 2 }
  }

  /** A sub-process begins with its start, and codes get their place in the file. */
  private fill(shape: CanvasElement, kind: StepKind): void {
    const edits = presetInFile(this.factory, kind, shape.businessObject)
    // In a lane its people do the step, unless somebody else is named.
    if (hasLanes(shape.businessObject.$parent)) edits.push(...presetInLane(this.factory, kind, shape.businessObject))
    if (edits.length > 0) this.apply(shape, edits)
    const inner = INNER[kind]
    if (!inner) return
    const start = shape.children.find(({ businessObject }) => isOf(businessObject, 'bpmn:StartEvent'))
    if (!start) {
      const position = { x: shape.x + 60, y: shape.y + shape.height / 2 }
      this.modeler.get('modeling').createShape(this.shape(inner), position, shape)
    } else if (eventKind(start.businessObject) !== formOf(inner).event) {
      this.apply(start, writeKind(this.factory, start.businessObject, formOf(inner).event), this.say(`flow.step.${inner}`))
    }
  }

  private innerStart(parent: CanvasElement, kind: StepKind): CanvasElement {
    const businessObject = newStep(this.factory, kind, this.say)
    return this.modeler
      .get('elementFactory')
      .createShape({ type: businessObject.$type, businessObject, x: 40, y: 82, parent })
  }

  private makeRoom(from: number, width: number): void {
    const { movingShapes, resizingShapes } = this.modeler
      .get('spaceTool')
      .calculateAdjustments(descendants(this.root), 'x', width, from)
    this.modeler.get('modeling').createSpace(movingShapes, resizingShapes, { x: width, y: 0 }, 'e', from)
  }
}

/** Shows the whole drawing with a margin, never larger than life. */
export function fitDiagram(canvas: Services['canvas']): void {
  const scale = canvas.zoom('fit-viewport', 'auto')
  canvas.zoom(Math.min(1, scale * 0.92), 'auto')
}

/** The page provides its editor before the canvas has made it. */
export const editorKey: InjectionKey<ShallowRef<FlowEditor | undefined>> = Symbol('flow editor')

/** The editor of the page this component stands in; such components are shown once it is there. */
export function useEditor(): FlowEditor {
  const editor = inject(editorKey)?.value
  if (!editor) throw new Error('there is no flow editor around this component')
  return editor
}
