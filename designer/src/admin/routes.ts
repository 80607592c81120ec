/** The pages on which the system is shaped. */
import type { RouteRecordRaw } from 'vue-router'

export const adminRoutes: RouteRecordRaw[] = [
  {
    path: 'admin/data',
    name: 'data',
    component: () => import('./data/DataPage.vue'),
    meta: { title: 'app.menu.data', administrator: true },
  },
  {
    path: 'admin/data/entities/:entity',
    name: 'data-entity',
    component: () => import('./data/EntityPage.vue'),
    props: true,
    meta: { administrator: true },
  },
  {
    path: 'admin/data/dictionaries/:dictionary',
    name: 'data-dictionary',
    component: () => import('./data/DictionaryPage.vue'),
    props: true,
    meta: { administrator: true },
  },
  {
    path: 'admin/roles',
    name: 'roles',
    component: () => import('./roles/RolesPage.vue'),
    meta: { title: 'app.menu.roles', administrator: true },
  },
  {
    path: 'admin/organisation',
    name: 'organisation',
    component: () => import('./people/OrganisationPage.vue'),
    meta: { title: 'app.menu.organisation', administrator: true },
  },
]
