import { expect, it } from 'vitest'
import { hasLanes, laneOf } from './lanes'
import { elementOf, processOf } from './testing'

const lanes =
  '<bpmn:laneSet id="set"><bpmn:lane id="l1" name="销售"><bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>s</bpmn:flowNodeRef>' +
  '<bpmn:childLaneSet id="inner"><bpmn:lane id="l2"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>'

it('a step belongs to the innermost lane around it, and what is in a sub-process to that one’s lane', async () => {
  const process = await processOf(
    `${lanes}<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:subProcess id="s"><bpmn:task id="c"/></bpmn:subProcess>`,
  )
  const names = [elementOf(process, 'a'), elementOf(process, 'b'), elementOf(elementOf(process, 's'), 'c')].map(laneOf)
  expect(names).toEqual(['l2', undefined, '销售'])
  expect([hasLanes(process), hasLanes(elementOf(process, 's'))]).toEqual([true, false])
})
