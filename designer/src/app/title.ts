/** The title in the browser's tab, for pages that are named after what they show. */
import { onScopeDispose, ref, watchEffect } from 'vue'

export const ownTitle = ref('')

export function usePageTitle(title: () => string): void {
  watchEffect(() => (ownTitle.value = title()))
  onScopeDispose(() => (ownTitle.value = ''))
}
