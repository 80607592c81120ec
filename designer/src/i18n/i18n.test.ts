import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh-CN'

const sources = import.meta.glob<string>(['../**/*.{ts,vue}', '!../i18n/{zh-CN,en}/**', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** `desk.state.${state}` in the sources uses every key of that form. */
function usedKeys(): RegExp[] {
  const quoted = /(?<![\w.])(['"`])((?:app|desk|admin|forms|flow)\.(?:[\w.-]|\$\{[^}]*\})+)\1/g
  return Object.values(sources).flatMap((source) =>
    [...source.matchAll(quoted)].map(([, , key = '']) => {
      const parts = key.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return new RegExp(`^${parts.join('[^.]+')}$`)
    }),
  )
}

function entries(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? entries(value, `${prefix}${key}.`)
      : [[prefix + key, String(value)] as [string, string]],
  )
}

const placeholders = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('messages', () => {
  const chinese = new Map(entries(zh))
  const english = new Map(entries(en))
  const used = usedKeys()

  it('exist in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('have the same placeholders in both languages', () => {
    const different = [...chinese].filter(
      ([key, message]) => placeholders(message).join() !== placeholders(english.get(key) ?? '').join(),
    )
    expect(different).toEqual([])
  })

  it('are all used', () => {
    expect([...chinese.keys()].filter((key) => !used.some((pattern) => pattern.test(key)))).toEqual([])
  })

  it('that are used all exist', () => {
    const known = [...chinese.keys()]
    const missing = used.filter((pattern) => !known.some((key) => pattern.test(key)))
    expect(missing.map(String)).toEqual([])
  })

  it('have no sign that vue-i18n takes for something else', () => {
    const all = [...chinese, ...english]
    expect(all.filter(([, message]) => /[@|]/.test(message)).map(([key]) => key)).toEqual([])
  })
})
