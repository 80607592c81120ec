/** A new flow goes around the steps that stand in its way; bpmn-js would draw it straight through them. */
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor'
import type { Bounds, CanvasElement, Point, Services } from './services'

/** How far from a step a flow passes, and how far the next try is. */
const CLEARANCE = 40
const TRIES = 12

/** A way around, or nothing when the straight way is free or none was found. */
export function wayAround(
  flow: { waypoints: readonly Point[]; source: Bounds; target: Bounds },
  obstacles: readonly Bounds[],
): Point[] | undefined {
  const isFree = (points: readonly Point[]) => !obstacles.some((box) => crosses(points, box))
  if (isFree(flow.waypoints)) return undefined

  const { source, target } = flow
  const from = source.x + source.width / 2
  const to = target.x + target.width / 2
  const bottom = Math.max(source.y + source.height, target.y + target.height)
  const top = Math.min(source.y, target.y)
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const below = bottom + attempt * CLEARANCE
    const above = top - attempt * CLEARANCE
    const ways = [
      [
        { x: from, y: source.y + source.height },
        { x: from, y: below },
        { x: to, y: below },
        { x: to, y: target.y + target.height },
      ],
      [
        { x: from, y: source.y },
        { x: from, y: above },
        { x: to, y: above },
        { x: to, y: target.y },
      ],
    ]
    const free = ways.find(isFree)
    if (free) return free
  }
  return undefined
}

/** Whether a line of straight parts touches a box or passes it too closely. */
function crosses(points: readonly Point[], box: Bounds): boolean {
  const margin = 8
  return points.slice(1).some((end, index) => {
    const start = points[index] ?? end
    return (
      Math.max(start.x, end.x) > box.x - margin &&
      Math.min(start.x, end.x) < box.x + box.width + margin &&
      Math.max(start.y, end.y) > box.y - margin &&
      Math.min(start.y, end.y) < box.y + box.height + margin
    )
  })
}

class Routing extends CommandInterceptor {
  static override readonly $inject = ['eventBus', 'modeling']

  constructor(eventBus: ConstructorParameters<typeof CommandInterceptor>[0], modeling: Services['modeling']) {
    super(eventBus)
    this.postExecuted(
      'connection.create',
      ({ connection }: { connection: CanvasElement }) => {
        const { source, target, waypoints, parent } = connection
        if (!source || !target || !waypoints || !parent) return
        const obstacles = parent.children.filter(
          (element) =>
            !element.waypoints && !element.labelTarget && !element.host && element !== source && element !== target,
        )
        const way = wayAround({ waypoints, source, target }, obstacles)
        if (way) modeling.updateWaypoints(connection, way)
      },
      true,
    )
  }
}

/** The module to give to bpmn-js. */
export const routingModule = { __init__: ['kapokRouting'], kapokRouting: ['type', Routing] }
