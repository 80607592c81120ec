/** What there is to go to, and for whom. */
import type { Component } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import type { PluginPage } from '@/api/pluginPages'
import type { EntityBrief, Me } from '@/api/types'
import { t, text } from '@/i18n'
import {
  IconBell,
  IconBoard,
  IconCases,
  IconChart,
  IconDone,
  IconInbox,
  IconMail,
  IconMine,
  IconPlugin,
  IconProcess,
  IconRecord,
  IconStart,
  IconSystem,
  IconWarning,
} from '@/ui/icons'
import { IconData, IconOrganisation, IconRoles } from '@/ui/iconsAdmin'

export interface MenuItem {
  id: string
  to: RouteLocationRaw
  icon: Component
  label: string
  count?: number
  countLabel?: string
}

export interface MenuGroup {
  id: string
  label: string
  items: MenuItem[]
}

const item = (id: string, icon: Component, label: string): MenuItem => ({ id, to: { name: id }, icon, label })

const records = (entity: EntityBrief): MenuItem => ({
  id: `records-${entity.id}`,
  to: { name: 'records', params: { entity: entity.id } },
  icon: IconRecord,
  label: text(entity.label),
})

const pluginPage = (page: PluginPage): MenuItem => ({
  id: `plugin-page-${page.id}`,
  to: { name: 'plugin-page', params: { page: page.id } },
  icon: IconBoard,
  label: text(page.label),
})

/** People, departments and roles: everybody may look them up, administrators keep them. */
const SYSTEM = 'system'

export function menu(me: Me, entities: readonly EntityBrief[], pages: readonly PluginPage[], hasReports: boolean): MenuGroup[] {
  const work: MenuGroup = {
    id: 'work',
    label: t('app.menu.work'),
    items: [
      {
        ...item('tasks', IconInbox, t('app.menu.tasks')),
        count: me.unread.tasks,
        countLabel: t('app.menu.tasksOpen', { n: me.unread.tasks }),
      },
      item('start', IconStart, t('app.menu.start')),
      item('mine', IconMine, t('app.menu.mine')),
      item('done', IconDone, t('app.menu.done')),
      {
        ...item('pages', IconBell, t('app.menu.pages')),
        count: me.unread.pages,
        countLabel: t('app.menu.pagesUnread', { n: me.unread.pages }),
      },
    ],
  }
  const readable = entities.filter((entity) => entity.may.read)
  const business: MenuGroup = {
    id: 'business',
    label: t('app.menu.business'),
    items: [
      ...pages.map(pluginPage),
      ...readable.filter((entity) => entity.plugin !== SYSTEM).map(records),
      ...(hasReports ? [item('reports', IconChart, t('app.menu.reports'))] : []),
    ],
  }
  const administration: MenuGroup = {
    id: 'administration',
    label: t('app.menu.administration'),
    items: [
      item('definitions', IconProcess, t('app.menu.definitions')),
      item('data', IconData, t('app.menu.data')),
      item('roles', IconRoles, t('app.menu.roles')),
      item('organisation', IconOrganisation, t('app.menu.organisation')),
      item('instances', IconCases, t('app.menu.instances')),
      item('incidents', IconWarning, t('app.menu.incidents')),
      item('outbox', IconMail, t('app.menu.outbox')),
      item('plugins', IconPlugin, t('app.menu.plugins')),
      item('system', IconSystem, t('app.menu.system')),
    ],
  }
  return [work, business, ...(me.administrator ? [administration] : [])].filter((group) => group.items.length > 0)
}
