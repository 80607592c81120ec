import type { RouteLocationRaw, Router } from 'vue-router'
import { api } from '@/api/client'
import type { Page } from '@/api/types'

/** Where a message leads; null when it only says something. */
export function pageTarget(page: Pick<Page, 'task' | 'instance'>): RouteLocationRaw | null {
  if (page.task) return { name: 'task', params: { id: page.task } }
  if (page.instance) return { name: 'case', params: { id: page.instance } }
  return null
}

/** Opening is reading: the pop-up goes, and the thing it speaks of is shown. */
export async function openPage(page: Page, router: Router): Promise<void> {
  if (!page.read_at) await api.post(`/pages/${page.id}/read`)
  await router.push(pageTarget(page) ?? { name: 'pages' })
}
