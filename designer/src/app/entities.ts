/** The kinds of records this person may see, for the menu and for titles. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api } from '@/api/client'
import { forgetDictionaries, withChoices } from '@/api/dictionaries'
import type { EntityBrief, EntityView, List } from '@/api/types'

export const useEntities = defineStore('entities', () => {
  const all = ref<EntityBrief[]>([])
  const views = new Map<string, Promise<EntityView>>()

  async function load(): Promise<void> {
    views.clear()
    forgetDictionaries()
    all.value = (await api.get<List<EntityBrief>>('/entities')).items
  }

  /** The definition of one entity; asked for once. */
  function view(id: string): Promise<EntityView> {
    let known = views.get(id)
    if (!known) {
      known = read(id)
      known.catch(() => views.delete(id))
      views.set(id, known)
    }
    return known
  }

  async function read(id: string): Promise<EntityView> {
    const entity = await api.get<EntityView>(`/entities/${encodeURIComponent(id)}`)
    return { ...entity, fields: await withChoices(entity.fields) }
  }

  /** It was changed: read anew when it is next asked for. */
  function forget(id: string): void {
    views.delete(id)
  }

  return { all, load, view, forget }
})
