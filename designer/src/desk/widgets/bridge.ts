/**
 * What a frame can do, over the one port that it is given: ask the server in the person's name, within what its plugin was
 * granted, and open a record. It knows nothing else of this page.
 */
import { ApiError } from '@/api/client'
import { callFromFrame, FRAME_CALLS, type FrameCall } from '@/api/pluginPages'
import type { Language, Text } from '@/api/types'

export interface FrameSettings {
  language: Language
  theme: 'light' | 'dark'
}

export interface Bridge {
  /** The language or the theme is another one now. */
  say: (settings: FrameSettings) => void
  close: () => void
}

interface Asked {
  id: number
  call: string
  with: Record<string, unknown>
}

/** Calls under way at once; more wait, and beyond that are refused. */
const atOnce = 4
const waitingMost = 100
/** In ten seconds. */
const mostCalls = 300
const span = 10_000
/** Characters of one call. */
const largest = 256 * 1024

const refusals: Record<'unknown' | 'too-many' | 'too-large' | 'not-touched', Text> = {
  unknown: { zh: '没有这个调用。', en: 'There is no such call.' },
  'too-many': { zh: '调用太多，请稍后再试。', en: 'Too many calls; try again later.' },
  'too-large': { zh: '一次调用的内容太大。', en: 'One call hands over too much.' },
  'not-touched': { zh: '只有在用户操作了这个页面之后才能打开记录。', en: 'A record is opened only after the person has used the frame.' },
}

export function openBridge(
  frame: HTMLIFrameElement,
  of: { page: string; widget: string; settings: FrameSettings; open: (entity: string, id: string) => void },
): Bridge {
  const { port1: port, port2: theirs } = new MessageChannel()
  const waiting: Asked[] = []
  let running = 0
  let calls: number[] = []

  port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const asked = read(data)
    if (!asked) return
    const now = Date.now()
    calls = calls.filter((at) => now - at < span)
    if (calls.length >= mostCalls || waiting.length >= waitingMost) return refuse(asked.id, 'too-many')
    calls.push(now)
    if (JSON.stringify(asked.with).length > largest) return refuse(asked.id, 'too-large')
    if (asked.call === 'open') return void open(asked)
    if (!Object.hasOwn(FRAME_CALLS, asked.call)) return refuse(asked.id, 'unknown')
    waiting.push(asked)
    void next()
  })
  port.start()

  async function next(): Promise<void> {
    if (running >= atOnce) return
    const asked = waiting.shift()
    if (!asked) return
    running += 1
    try {
      const answer = await callFromFrame(of.page, of.widget, asked.call as FrameCall, asked.with)
      port.postMessage({ id: asked.id, answer })
    } catch (cause) {
      const problem = cause instanceof ApiError ? { code: cause.code, ...cause.problem.detail } : { code: 'network', zh: '', en: '' }
      port.postMessage({ id: asked.id, problem })
    } finally {
      running -= 1
      void next()
    }
  }

  /** Nobody is led away from a page that they have not touched. */
  async function open({ id, with: { entity, id: record } }: Asked): Promise<void> {
    if (typeof entity !== 'string' || typeof record !== 'string' || !/^\d+$/.test(record)) return refuse(id, 'unknown')
    if (!(await isTouched(frame))) return refuse(id, 'not-touched')
    port.postMessage({ id, answer: null })
    of.open(entity, record)
  }

  function refuse(id: number, code: keyof typeof refusals): void {
    port.postMessage({ id, problem: { code: `frame.${code}`, ...refusals[code] } })
  }

  // A frame has no origin of its own that could be named here; what it is told is no secret.
  frame.contentWindow?.postMessage({ kapok: 1, ...of.settings }, '*', [theirs])
  return {
    say: (settings) => port.postMessage({ settings }),
    close: () => port.close(),
  }
}

/** A frame runs in a process of its own: that it was touched may be told after what the touch made it ask. */
async function isTouched(frame: HTMLIFrameElement): Promise<boolean> {
  const hasFocus = () => document.activeElement === frame
  if (!hasFocus()) {
    await new Promise<void>((resolve) => {
      window.addEventListener('blur', () => setTimeout(resolve), { once: true })
      setTimeout(resolve, 500)
    })
  }
  return hasFocus()
}

function read(data: unknown): Asked | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { id, call, with: what = {} } = data as Record<string, unknown>
  const isCall = typeof id === 'number' && typeof call === 'string' && typeof what === 'object' && what !== null
  return isCall ? { id, call, with: what as Record<string, unknown> } : undefined
}
