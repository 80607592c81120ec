import { describe, expect, it } from 'vitest'
import { wayAround } from './routing'

const gateway = { x: 0, y: 15, width: 50, height: 50 }
const target = { x: 300, y: 0, width: 100, height: 80 }
const waypoints = [
  { x: 50, y: 40 },
  { x: 300, y: 40 },
]

describe('a new flow', () => {
  it('stays as it is when nothing stands in its way', () => {
    expect(wayAround({ waypoints, source: gateway, target }, [{ x: 120, y: 100, width: 100, height: 80 }])).toBeUndefined()
  })

  it('passes under a step between its ends', () => {
    const way = wayAround({ waypoints, source: gateway, target }, [{ x: 120, y: 0, width: 100, height: 80 }])
    expect(way).toEqual([
      { x: 25, y: 65 },
      { x: 25, y: 120 },
      { x: 350, y: 120 },
      { x: 350, y: 80 },
    ])
  })

  it('passes over it when there is something below', () => {
    const way = wayAround({ waypoints, source: gateway, target }, [
      { x: 120, y: 0, width: 100, height: 80 },
      { x: 120, y: 100, width: 100, height: 80 },
    ])
    expect(way?.[1]).toEqual({ x: 25, y: -40 })
  })
})
