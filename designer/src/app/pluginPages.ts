/** The pages of plugins that this person is offered, for the menu and for the pages themselves. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { pluginPages, type PluginPage } from '@/api/pluginPages'

export const usePluginPages = defineStore('pluginPages', () => {
  const all = shallowRef<PluginPage[]>()

  async function load(): Promise<void> {
    all.value = await pluginPages()
  }

  return { all, load }
})
