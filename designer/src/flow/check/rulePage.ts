/** The page about a rule of the check: the part in the reader's language, taken apart for showing. */
import type { Language } from '@/api/types'

/** A part of a page. Nothing in it is ever read as HTML. */
export interface Block {
  kind: 'heading' | 'paragraph' | 'code'
  text: string
}

const LANGUAGES: Record<Language, string> = { 'zh-CN': '中文', en: 'English' }

/** The page in one language, without its title: why it is a rule, how to mend it, and the examples. */
export function readRulePage(markdown: string, language: Language): Block[] {
  const others = Object.values(LANGUAGES).filter((name) => name !== LANGUAGES[language])
  let skips = false
  return blocksOf(markdown).flatMap((block) => {
    if (block.kind !== 'heading') return skips ? [] : [block]
    if (block.text.startsWith('# ')) return []
    const title = block.text.replace(/^#+\s*/, '')
    skips = others.includes(title)
    if (skips || title === LANGUAGES[language]) return []
    // The examples stand once, under a heading in both languages.
    const [chinese = title, english = chinese] = title.split(' · ')
    return [{ kind: 'heading' as const, text: language === 'en' ? english : chinese }]
  })
}

/** Headings with their signs, paragraphs, and code between fences. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let code: string[] | undefined
  let paragraph: string[] = []
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: paragraph.join('\n') })
    paragraph = []
  }
  for (const line of markdown.split(/\r?\n/)) {
    if (line.startsWith('```')) {
      if (code) blocks.push({ kind: 'code', text: code.join('\n') })
      else endParagraph()
      code = code ? undefined : []
    } else if (code) {
      code.push(line)
    } else if (/^#{1,6} /.test(line)) {
      endParagraph()
      blocks.push({ kind: 'heading', text: line.trim() })
    } else if (line.trim() === '') {
      endParagraph()
    } else {
      paragraph.push(line.trim())
    }
  }
  endParagraph()
  if (code) blocks.push({ kind: 'code', text: code.join('\n') })
  return blocks
}
