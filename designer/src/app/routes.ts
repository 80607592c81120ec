/** Every page of the app; each is fetched when it is first gone to. */
import type { RouteRecordRaw } from 'vue-router'
import { adminRoutes } from '@/admin/routes'
import { flowRoutes } from '@/flow/routes'
import type { MessageKey } from '@/i18n'

declare module 'vue-router' {
  interface RouteMeta {
    title?: MessageKey
    /** Needs no sign-in. */
    public?: boolean
    administrator?: boolean
  }
}

const desk: RouteRecordRaw[] = [
  {
    path: 'tasks',
    name: 'tasks',
    component: () => import('@/desk/tasks/TasksPage.vue'),
    meta: { title: 'app.menu.tasks' },
    children: [
      { path: ':id', name: 'task', component: () => import('@/desk/tasks/TaskDetail.vue'), props: true },
    ],
  },
  {
    path: 'done',
    name: 'done',
    component: () => import('@/desk/cases/DonePage.vue'),
    meta: { title: 'app.menu.done' },
  },
  {
    path: 'mine',
    name: 'mine',
    component: () => import('@/desk/cases/MinePage.vue'),
    meta: { title: 'app.menu.mine' },
  },
  {
    path: 'start',
    name: 'start',
    component: () => import('@/desk/start/StartPage.vue'),
    meta: { title: 'app.menu.start' },
  },
  {
    path: 'start/:process',
    name: 'start-process',
    component: () => import('@/desk/start/StartProcessPage.vue'),
    props: true,
    meta: { title: 'app.menu.start' },
  },
  {
    path: 'messages',
    name: 'pages',
    component: () => import('@/desk/pages/PagesPage.vue'),
    meta: { title: 'app.menu.pages' },
  },
  {
    path: 'pages/:page',
    name: 'plugin-page',
    component: () => import('@/desk/widgets/PluginPage.vue'),
    props: true,
  },
  {
    path: 'reports',
    name: 'reports',
    component: () => import('@/desk/reports/ReportsPage.vue'),
    meta: { title: 'app.menu.reports' },
  },
  {
    path: 'reports/:report',
    name: 'report',
    component: () => import('@/desk/reports/ReportPage.vue'),
    props: true,
    meta: { title: 'app.menu.reports' },
  },
  {
    path: 'cases/:id',
    name: 'case',
    component: () => import('@/desk/cases/CasePage.vue'),
    props: true,
    meta: { title: 'app.menu.case' },
  },
  {
    path: 'records/:entity',
    name: 'records',
    component: () => import('@/desk/records/RecordsPage.vue'),
    props: true,
  },
  {
    path: 'records/:entity/new',
    name: 'record-new',
    component: () => import('@/desk/records/RecordPage.vue'),
    props: true,
  },
  {
    path: 'records/:entity/import/:id?',
    name: 'import',
    component: () => import('@/desk/imports/ImportPage.vue'),
    props: true,
  },
  {
    path: 'records/:entity/:id',
    name: 'record',
    component: () => import('@/desk/records/RecordPage.vue'),
    props: true,
  },
]

const admin: RouteRecordRaw[] = [
  {
    path: 'admin/instances',
    name: 'instances',
    component: () => import('@/admin/InstancesPage.vue'),
    meta: { title: 'app.menu.instances', administrator: true },
  },
  {
    path: 'admin/incidents',
    name: 'incidents',
    component: () => import('@/admin/IncidentsPage.vue'),
    meta: { title: 'app.menu.incidents', administrator: true },
  },
  {
    path: 'admin/outbox',
    name: 'outbox',
    component: () => import('@/admin/OutboxPage.vue'),
    meta: { title: 'app.menu.outbox', administrator: true },
  },
  {
    path: 'admin/plugins',
    name: 'plugins',
    component: () => import('@/admin/PluginsPage.vue'),
    meta: { title: 'app.menu.plugins', administrator: true },
  },
  {
    path: 'admin/system',
    name: 'system',
    component: () => import('@/admin/system/SystemPage.vue'),
    meta: { title: 'app.menu.system', administrator: true },
  },
]

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignInPage.vue'),
    meta: { title: 'app.signIn.title', public: true },
  },
  {
    path: '/',
    component: () => import('./AppShell.vue'),
    children: [
      { path: '', redirect: { name: 'tasks' } },
      ...desk,
      ...admin,
      ...adminRoutes,
      ...flowRoutes,
      { path: ':rest(.*)*', name: 'not-found', component: () => import('./NotFoundPage.vue') },
    ],
  },
]
