import { describe, expect, it } from 'vitest'
import { readRulePage } from './rulePage'

const page = `# timer.missing

## 中文

没有时间，
就不知道何时触发。

怎样改：填写时刻。

## English

Without a time nobody knows when it fires.

## 错误的例子 · Wrong

\`\`\`xml process
<a/>

# no heading
\`\`\`

## 改正之后 · Mended

\`\`\`xml process
<b onload="alert(1)"/>
\`\`\`
`

describe('the page about a rule', () => {
  it('is read in Chinese', () => {
    expect(readRulePage(page, 'zh-CN')).toEqual([
      { kind: 'paragraph', text: '没有时间，\n就不知道何时触发。' },
      { kind: 'paragraph', text: '怎样改：填写时刻。' },
      { kind: 'heading', text: '错误的例子' },
      { kind: 'code', text: '<a/>\n\n# no heading' },
      { kind: 'heading', text: '改正之后' },
      { kind: 'code', text: '<b onload="alert(1)"/>' },
    ])
  })

  it('is read in English', () => {
    const blocks = readRulePage(page, 'en')
    expect(blocks[0]).toEqual({ kind: 'paragraph', text: 'Without a time nobody knows when it fires.' })
    expect(blocks.flatMap(({ kind, text }) => (kind === 'heading' ? [text] : []))).toEqual(['Wrong', 'Mended'])
  })

  it('without examples is its words alone, and code without an end is still code', () => {
    expect(readRulePage('# x\n\n## 中文\n\n一。\n\n## English\n\nOne.\n', 'en')).toEqual([{ kind: 'paragraph', text: 'One.' }])
    expect(readRulePage('```\n<x/>', 'en')).toEqual([{ kind: 'code', text: '<x/>' }])
  })
})
