import { expect, it } from 'vitest'
import type { Choice } from '@/api/types'
import { below, hasBelow, pathTo } from './tree'

const entry = (id: string, parent?: string): Choice => ({ id, label: { zh: id, en: id }, ...(parent && { parent }) })
const regions = [entry('east'), entry('js', 'east'), entry('sz', 'js'), entry('west'), entry('lost', 'gone'), entry('a', 'b'), entry('b', 'a')]
const ids = (choices: Choice[]) => choices.map(({ id }) => id)

it.each([
  [null, ['east', 'west', 'lost']],
  ['east', ['js']],
  ['sz', []],
])('below %s', (parent, expected) => expect(ids(below(regions, parent))).toEqual(expected))

it.each([
  ['sz', ['east', 'js', 'sz']],
  ['west', ['west']],
  ['lost', ['lost']],
  ['nowhere', []],
  ['a', ['b', 'a']], // a circle ends
])('the path to %s', (id, expected) => expect(ids(pathTo(regions, id))).toEqual(expected))

it('an entry with something below it can be opened', () => {
  expect(regions.filter(({ id }) => hasBelow(regions, id)).map(({ id }) => id)).toEqual(['east', 'js', 'a', 'b'])
})
