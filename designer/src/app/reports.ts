/** The reports that plugins offer, for the menu and their pages. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import type { List, Offer } from '@/api/types'

export const useReports = defineStore('reports', () => {
  const all = shallowRef<Offer[]>()

  async function load(): Promise<void> {
    all.value = (await api.get<List<Offer>>('/reports')).items
  }

  return { all, load }
})
