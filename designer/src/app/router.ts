import { createRouter, createWebHistory } from 'vue-router'
import { routes } from './routes'
import { useSession } from './session'

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta.public) return true
  const known = session.me !== null || (await session.resume().catch(() => false))
  if (!known) return { name: 'sign-in', query: { next: to.fullPath } }
  if (to.meta.administrator && !session.administrator) return { name: 'tasks' }
  return true
})
