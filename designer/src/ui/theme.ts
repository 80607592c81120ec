/** Light, dark, or as the device is set. */
import { computed, ref, watchEffect } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'

const stored = 'kapok.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', (event) => (systemIsDark.value = event.matches))

export const theme = ref<Theme>(read())

function read(): Theme {
  const value = localStorage.getItem(stored)
  return value === 'light' || value === 'dark' ? value : 'auto'
}

export function setTheme(next: Theme): void {
  theme.value = next
  localStorage.setItem(stored, next)
}

export const isDark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && systemIsDark.value))

export function followTheme(): void {
  watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value))
}
