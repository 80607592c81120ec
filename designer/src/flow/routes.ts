/** The pages of the flow designer. */
import type { RouteRecordRaw } from 'vue-router'

const meta = { title: 'app.menu.definitions', administrator: true } as const

export const flowRoutes: RouteRecordRaw[] = [
  { path: 'flow', name: 'definitions', component: () => import('./list/DefinitionsPage.vue'), meta },
  { path: 'flow/new', name: 'definition-new', component: () => import('./list/NewProcessPage.vue'), meta },
  {
    path: 'flow/:key',
    name: 'definition',
    component: () => import('./editor/EditorPage.vue'),
    meta: { ...meta, wide: true },
  },
]
