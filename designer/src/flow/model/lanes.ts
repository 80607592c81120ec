/** Lanes: their name says which people do the steps in them that name nobody else. */
import { children, isOf, text, type ModdleElement } from './moddle'

/** The name of the innermost lane a step stands in; nothing when it stands in none. */
export function laneOf(step: ModdleElement): string | undefined {
  let scope = step.$parent
  while (scope) {
    const lane = innermost(children(scope, 'laneSets'), step)
    if (lane) return text(lane, 'name') ?? text(lane, 'id')
    if (isOf(scope, 'bpmn:Process')) return undefined
    step = scope
    scope = scope.$parent
  }
  return undefined
}

/** Whether steps of this process or sub-process stand in lanes. */
export function hasLanes(scope: ModdleElement | undefined): boolean {
  return children(scope, 'laneSets').some((set) => children(set, 'lanes').length > 0)
}

function innermost(sets: readonly ModdleElement[], step: ModdleElement): ModdleElement | undefined {
  for (const lane of sets.flatMap((set) => children(set, 'lanes'))) {
    if (!children(lane, 'flowNodeRef').includes(step)) continue
    const inner = lane.get('childLaneSet')
    const deeper = typeof inner === 'object' && inner !== null ? innermost([inner as ModdleElement], step) : undefined
    return deeper ?? lane
  }
  return undefined
}
