import { expect, it } from 'vitest'
import { plainText, readRichText, safeLink } from './richText'

it('keeps what is known and the words of the rest', () => {
  expect(readRichText('<p>a<b>b</b><span onclick="x()">c</span></p>')).toEqual([
    { tag: 'p', children: ['a', { tag: 'strong', children: ['b'] }, 'c'] },
  ])
})

it.each([
  ['<script>alert(1)</script>', []],
  ['<img src=x onerror=alert(1)>', []],
  ['<a href="javascript:alert(1)">x</a>', ['x']],
  ['<a href="https://a.example/?q=1">x</a>', [{ tag: 'a', href: 'https://a.example/?q=1', children: ['x'] }]],
  ['1 &lt; 2', ['1 < 2']],
])('%s', (html, nodes) => expect(readRichText(html)).toEqual(nodes))

it.each([
  ['javascript:alert(1)', undefined],
  [' JAVASCRIPT:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['//evil.example', undefined],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  [' https://a.example ', 'https://a.example'],
])('the link %s', (href, kept) => expect(safeLink(href)).toBe(kept))

it('is one line of words in a list', () => {
  expect(plainText('<h2>要点</h2><ul><li>一</li><li>二</li></ul><p>a<br>b</p>')).toBe('要点 一 二 a b')
})
