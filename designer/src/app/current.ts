import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router'

/** Whether one is at this place of the menu or below it: a record belongs to its list. */
export function useCurrent(): (to: RouteLocationRaw) => boolean {
  const route = useRoute()
  const router = useRouter()
  return (to) => `${route.path}/`.startsWith(`${router.resolve(to).path}/`)
}
