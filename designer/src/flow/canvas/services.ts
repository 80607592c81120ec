/** The services of bpmn-js that the editor uses, with as much of their types as it needs. */
import type { Edit, Factory, ModdleElement } from '../model/moddle'
import type { ElementWriter } from '../model/trial'

export interface Point {
  x: number
  y: number
}

export interface Bounds extends Point {
  width: number
  height: number
}

/** A shape, a connection, a label or the root of the canvas. */
export interface CanvasElement extends Bounds {
  id: string
  type: string
  businessObject: ModdleElement
  parent?: CanvasElement
  incoming: CanvasElement[]
  outgoing: CanvasElement[]
  children: CanvasElement[]
  /** Connections only. */
  source?: CanvasElement
  target?: CanvasElement
  waypoints?: Point[]
  /** Labels only: what they name. */
  labelTarget?: CanvasElement
  /** Boundary events only. */
  host?: CanvasElement
  /** The boundary events of an activity. */
  attachers?: CanvasElement[]
}

interface Viewbox extends Bounds {
  scale: number
}

/** What bpmn-js is asked to make of an element. */
export interface ReplaceTarget {
  type: string
  eventDefinitionType?: string
  triggeredByEvent?: boolean
  isExpanded?: boolean
}

export interface Services {
  bpmnFactory: Pick<Factory, 'create'>
  moddle: Pick<Factory, 'createAny'> & ElementWriter
  bpmnReplace: {
    replaceElement(element: CanvasElement, target: ReplaceTarget, hints?: { select?: boolean }): CanvasElement
  }
  canvas: {
    zoom(level: number | 'fit-viewport', center?: Point | 'auto'): number
    viewbox(): Viewbox
    getRootElement(): CanvasElement
    getAbsoluteBBox(element: CanvasElement | Bounds): Bounds
    getContainer(): HTMLElement
    addMarker(element: CanvasElement | string, marker: string): void
    removeMarker(element: CanvasElement | string, marker: string): void
    scrollToElement(
      element: CanvasElement,
      padding?: { top: number; right: number; bottom: number; left: number },
    ): void
    focus(): void
  }
  commandStack: {
    registerHandler(command: string, handler: new (...services: never[]) => object): void
    execute(command: string, context: object): void
    undo(): void
    redo(): void
    canUndo(): boolean
    canRedo(): boolean
  }
  elementFactory: {
    createShape(attributes: Record<string, unknown>): CanvasElement
    createParticipantShape(attributes: { isExpanded: boolean }): CanvasElement
  }
  elementRegistry: {
    get(id: string): CanvasElement | undefined
    getAll(): CanvasElement[]
  }
  eventBus: {
    on(event: string | string[], listener: (event: never) => void): void
    on(event: string | string[], priority: number, listener: (event: never) => void): void
    fire(event: string, payload: object): unknown
  }
  modeling: {
    addLane(shape: CanvasElement, side: 'top' | 'bottom'): CanvasElement
    appendShape(source: CanvasElement, shape: CanvasElement, position: Point, parent?: CanvasElement): CanvasElement
    connect(source: CanvasElement, target: CanvasElement): CanvasElement
    createShape(
      shape: CanvasElement,
      position: Point,
      parent: CanvasElement,
      hints?: { attach?: boolean },
    ): CanvasElement
    createSpace(
      moving: CanvasElement[],
      resizing: CanvasElement[],
      delta: Point,
      direction: string,
      start: number,
    ): void
    removeElements(elements: CanvasElement[]): void
    updateLabel(element: CanvasElement, label: string): void
    updateWaypoints(connection: CanvasElement, waypoints: Point[]): void
    updateProperties(element: CanvasElement, properties: Record<string, unknown>): void
  }
  connect: { start(event: Event, source: CanvasElement, autoActivate?: boolean): void }
  create: {
    start(event: Event, elements: CanvasElement | CanvasElement[], context?: object): void
  }
  editorActions: { trigger(action: string, options?: object): unknown }
  overlays: {
    add(element: string, type: string, overlay: { position: object; html: HTMLElement | string }): string
    remove(filter: { type: string } | string): void
  }
  searchPad: { toggle(): void }
  selection: {
    get(): CanvasElement[]
    select(element: CanvasElement | CanvasElement[] | null): void
  }
  spaceTool: {
    calculateAdjustments(
      elements: CanvasElement[],
      axis: 'x' | 'y',
      delta: number,
      start: number,
    ): { movingShapes: CanvasElement[]; resizingShapes: CanvasElement[] }
  }
}

/** A change of settings, with a new name where the settings imply one. */
export interface SettingsChange {
  element: CanvasElement
  edits: Edit[]
  label?: string
}
