/** Where elements stand and what can be drawn beside them. */
import { flag, isOf } from '../model/moddle'
import { definitionOf } from '../model/triggers'
import type { CanvasElement, Point } from './services'

/** Whether another step can follow. */
export function canContinue(element: CanvasElement): boolean {
  const { businessObject, waypoints } = element
  if (waypoints || !isOf(businessObject, 'bpmn:FlowNode')) return false
  const isLink = isOf(businessObject, 'bpmn:IntermediateThrowEvent') && definitionOf(businessObject, 'link') !== undefined
  const isByEvent = flag(businessObject, 'triggeredByEvent') || flag(businessObject, 'isForCompensation')
  return !isOf(businessObject, 'bpmn:EndEvent') && !isLink && !isByEvent
}

const CONNECTABLE = ['bpmn:FlowNode', 'bpmn:Participant', 'bpmn:DataObjectReference', 'bpmn:TextAnnotation']

/** Whether a line can begin here: a flow, a message to another pool, or what an explanation belongs to. */
export function canConnect({ businessObject, waypoints }: CanvasElement): boolean {
  return !waypoints && CONNECTABLE.some((type) => isOf(businessObject, type))
}

/** The middle of a flow's longest part. */
export function middle({ x, y, waypoints = [] }: CanvasElement): Point {
  const longest = waypoints
    .slice(1)
    .map((end, index) => ({ start: waypoints[index] ?? end, end }))
    .sort((one, other) => length(other) - length(one))[0]
  if (!longest) return { x, y }
  return { x: (longest.start.x + longest.end.x) / 2, y: (longest.start.y + longest.end.y) / 2 }
}

function length({ start, end }: { start: Point; end: Point }): number {
  return Math.hypot(end.x - start.x, end.y - start.y)
}

/** Everything that stands in an element, however deep. */
export function descendants(element: CanvasElement): CanvasElement[] {
  // Nothing stands in a line, so bpmn-js gives it no list.
  if (element.waypoints) return []
  return element.children.flatMap((one) => [one, ...descendants(one)])
}
