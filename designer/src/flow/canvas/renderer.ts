/**
 * How steps look: BPMN's shapes in quiet colours, one for what people decide, one for what they do, one for
 * what waits or tells; and under a step's name who acts.
 *
 * Colours are CSS variables, so that light and dark need no drawing again.
 */
import BaseRenderer from 'diagram-js/lib/draw/BaseRenderer'
import { isOf, type ModdleElement } from '../model/moddle'
import { formOf, stepKind, type Group, type StepKind } from '../model/elements'
import type { CanvasElement } from './services'

/** The second line of a step; bpmn-js gets it as the service `stepWords`. */
export interface StepWords {
  summary(element: ModdleElement): string
}

interface Colors {
  fill: string
  stroke: string
}

type Draw = (parent: SVGElement, element: CanvasElement, attributes: Partial<Colors>) => SVGElement

interface BpmnDrawing {
  drawShape: Draw
  handlers: Record<string, Draw>
  getShapePath(shape: CanvasElement): string
}

const NEUTRAL: Colors = { fill: 'var(--k-surface)', stroke: 'var(--flow-stroke)' }
const LEAF: Colors = { fill: 'var(--k-leaf-soft)', stroke: 'var(--k-leaf)' }
const SLATE: Colors = { fill: 'var(--k-slate-soft)', stroke: 'var(--k-slate)' }
const AMBER: Colors = { fill: 'var(--k-amber-soft)', stroke: 'var(--k-amber)' }
const BLOSSOM: Colors = { fill: 'var(--k-blossom-soft)', stroke: 'var(--k-blossom)' }
const COLORS: Partial<Record<StepKind, Colors>> = { approval: LEAF, work: SLATE, manual: SLATE, copy: AMBER, receive: AMBER }
const GROUP_COLORS: Partial<Record<Group, Colors>> = { start: LEAF, catch: AMBER, throw: AMBER, end: BLOSSOM }

const SUMMARISED = ['bpmn:Task', 'bpmn:CallActivity']
const ABOVE_BPMN = 1500
const SUMMARY_LETTERS = 16

class StepRenderer extends BaseRenderer {
  static readonly $inject = ['eventBus', 'bpmnRenderer', 'stepWords']

  constructor(
    eventBus: ConstructorParameters<typeof BaseRenderer>[0],
    private readonly bpmn: BpmnDrawing,
    private readonly words: StepWords,
  ) {
    super(eventBus, ABOVE_BPMN)
  }

  override canRender(element: unknown): boolean {
    const { businessObject, labelTarget } = element as CanvasElement
    return !labelTarget && businessObject !== undefined && isOf(businessObject, 'bpmn:FlowNode')
  }

  override drawShape(parent: SVGElement, shape: unknown): SVGElement {
    const element = shape as CanvasElement
    const kind = stepKind(element.businessObject)
    const colors = colorsOf(element.businessObject, kind)
    // A step that tells people something is BPMN's service task, but people know it by its envelope.
    const envelope = kind === 'copy' ? this.bpmn.handlers['bpmn:SendTask'] : undefined
    const drawn = envelope ? envelope(parent, element, colors) : this.bpmn.drawShape(parent, element, colors)
    if (SUMMARISED.some((type) => isOf(element.businessObject, type))) this.drawSummary(parent, element)
    return drawn
  }

  override getShapePath(shape: unknown): string {
    return this.bpmn.getShapePath(shape as CanvasElement)
  }

  private drawSummary(parent: SVGElement, element: CanvasElement): void {
    const summary = this.words.summary(element.businessObject)
    if (summary === '') return
    const text = document.createElementNS('http://www.w3.org/2000/svg', 'text')
    text.classList.add('flow-summary')
    text.setAttribute('x', String(element.width / 2))
    text.setAttribute('y', String(element.height - (hasMarker(element.businessObject) ? 23 : 8)))
    text.textContent = shorten(summary)
    parent.append(text)
  }
}

/** Whether a sign for repetition, undoing or what is inside stands at the lower border. */
function hasMarker(element: ModdleElement): boolean {
  const isMarked = element.get('loopCharacteristics') !== undefined || element.get('isForCompensation') === true
  return isMarked || isOf(element, 'bpmn:CallActivity')
}

function colorsOf(element: ModdleElement, kind: StepKind | undefined): Colors {
  if (isOf(element, 'bpmn:BoundaryEvent')) return { fill: 'var(--k-surface)', stroke: 'var(--k-amber)' }
  return (kind && (COLORS[kind] ?? GROUP_COLORS[formOf(kind).group])) ?? NEUTRAL
}

/** Cuts to what fits under a name: a Chinese character is as wide as two letters. */
function shorten(text: string): string {
  let width = 0
  let cut = ''
  for (const letter of text) {
    width += letter.charCodeAt(0) > 0x2e7f ? 2 : 1
    if (width > SUMMARY_LETTERS) return `${cut}…`
    cut += letter
  }
  return cut
}

/** The module to give to bpmn-js. */
export const rendererModule = { __init__: ['stepRenderer'], stepRenderer: ['type', StepRenderer] }

/** What bpmn-js draws flows and labels with. */
export const rendererColors = {
  defaultFillColor: 'var(--k-surface)',
  defaultStrokeColor: 'var(--flow-stroke)',
  defaultLabelColor: 'var(--k-ink)',
}
