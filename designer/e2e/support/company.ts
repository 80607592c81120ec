/** The sample company as it is served, and a browser, from the beginning of a file of tests to its end. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll } from 'vitest'
import { configuration } from './configuration'
import { Kapok } from './kapok'
import { launch, Person } from './person'

/** How somebody of the company signs in. */
export function sampleCompany(): (login: string) => Promise<Person> {
  let kapok: Kapok
  let browser: Browser

  beforeAll(async () => {
    kapok = await Kapok.start(configuration({}))
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await kapok?.stop()
  })
  return (login) => Person.signedIn(browser, kapok.address, login)
}
