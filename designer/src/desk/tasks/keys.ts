/** Keys for a list: j and k go through it, Enter goes into it. Never while something is being typed. */
import { onBeforeUnmount, onMounted } from 'vue'

export interface ListKeys {
  next: () => void
  previous: () => void
  enter: () => void
}

export function useListKeys(keys: ListKeys): void {
  const actions: Record<string, () => void> = { j: keys.next, k: keys.previous, Enter: keys.enter }

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.target
    if (target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], [role=dialog]')) return
    if (event.key === 'Enter' && target instanceof HTMLElement && target.closest('button, a')) return
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }

  onMounted(() => document.addEventListener('keydown', press))
  onBeforeUnmount(() => document.removeEventListener('keydown', press))
}
