/** Reading again and again, for what no hint of the stream tells. */
import { onMounted, onScopeDispose } from 'vue'

/**
 * Runs `read` now and `pause` milliseconds after each end of it, so that a slow server is not asked twice at once. Nothing
 * is read while the page is out of sight; once it is back, at once.
 */
export function useRepeated(read: () => Promise<void>, pause: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = false
  let over = false

  async function turn(): Promise<void> {
    clearTimeout(timer)
    if (reading || over || document.hidden) return
    reading = true
    try {
      await read()
    } finally {
      reading = false
      if (!over) timer = setTimeout(turn, pause)
    }
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', turn)
    void turn()
  })
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', turn)
  })
}
