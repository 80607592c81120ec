import { expect, it } from 'vitest'
import { elsewhereProblem, signInAddress } from './elsewhere'

it('says every problem, and one that it does not know too', () => {
  expect(elsewhereProblem(undefined)).toBeUndefined()
  expect(elsewhereProblem(['a', 'b'])).toBeUndefined()
  expect(elsewhereProblem('unlinked')).toBe('app.signIn.problems.unlinked')
  expect(elsewhereProblem('<b>made up</b>')).toBe('app.signIn.problems.failed')
})

it('names the page to come back to', () => {
  expect(signInAddress('wecom.wecom')).toBe('/api/v1/sign-in/wecom.wecom')
  expect(signInAddress('wecom.wecom', '/tasks/12?a=b')).toBe('/api/v1/sign-in/wecom.wecom?to=%2Ftasks%2F12%3Fa%3Db')
})
