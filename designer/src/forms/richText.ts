/** Formatted text as HTML of few elements: read into a tree of our own, so that nothing else ever reaches the page. */

export type RichTag = 'p' | 'h2' | 'h3' | 'ul' | 'ol' | 'li' | 'blockquote' | 'strong' | 'em' | 'u' | 's' | 'code' | 'pre' | 'br' | 'a'

export interface RichElement {
  tag: RichTag
  /** Of a link. */
  href?: string
  children: RichNode[]
}

export type RichNode = string | RichElement

const tags: Record<string, RichTag> = {
  P: 'p',
  H1: 'h2',
  H2: 'h2',
  H3: 'h3',
  H4: 'h3',
  UL: 'ul',
  OL: 'ol',
  LI: 'li',
  BLOCKQUOTE: 'blockquote',
  STRONG: 'strong',
  B: 'strong',
  EM: 'em',
  I: 'em',
  U: 'u',
  S: 's',
  DEL: 's',
  CODE: 'code',
  PRE: 'pre',
  BR: 'br',
  A: 'a',
}
/** Of these not even the words. */
const dropped = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'TITLE'])
const blocks = new Set<RichTag>(['p', 'h2', 'h3', 'li', 'blockquote', 'pre', 'br'])

export function readRichText(html: string): RichNode[] {
  return nodesIn(new DOMParser().parseFromString(html, 'text/html').body)
}

function nodesIn(parent: Node): RichNode[] {
  return [...parent.childNodes].flatMap((node): RichNode[] => {
    if (node.nodeType === Node.TEXT_NODE) return [node.nodeValue ?? '']
    if (!(node instanceof Element) || dropped.has(node.tagName.toUpperCase())) return []
    const tag = tags[node.tagName.toUpperCase()]
    const children = nodesIn(node)
    if (!tag) return children
    if (tag !== 'a') return [{ tag, children }]
    const href = safeLink(node.getAttribute('href') ?? '')
    return href ? [{ tag, href, children }] : children
  })
}

/** An address that leads somewhere and runs nothing. */
export function safeLink(href: string): string | undefined {
  return /^(https?:\/\/|mailto:|tel:)/i.test(href.trim()) ? href.trim() : undefined
}

/** Only the words, for a list. */
export function plainText(html: string): string {
  const words = (nodes: RichNode[]): string =>
    nodes
      .map((node) => (typeof node === 'string' ? node : words(node.children) + (blocks.has(node.tag) ? ' ' : '')))
      .join('')
  return words(readRichText(html)).replace(/\s+/g, ' ').trim()
}
