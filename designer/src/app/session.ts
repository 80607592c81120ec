/** Who is signed in. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Language, Me } from '@/api/types'
import { forgetAll } from '@/forms/kept'
import { setLanguage } from '@/i18n'

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const administrator = computed(() => me.value?.administrator ?? false)

  function accept(next: Me): void {
    me.value = next
    setLanguage(next.language)
  }

  /** Asks the server whether the browser still holds a session; throws when the server cannot be asked. */
  async function resume(): Promise<boolean> {
    try {
      accept(await api.get<Me>('/session'))
      return true
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error
      me.value = null
      return false
    }
  }

  async function signIn(user: string, password: string): Promise<void> {
    accept(await api.post<Me>('/session', { body: { user, password } }))
  }

  async function signOut(): Promise<void> {
    await api.delete('/session')
    forgetAll()
  }

  async function speak(language: Language): Promise<void> {
    setLanguage(language)
    if (me.value) accept(await api.patch<Me>('/session', { body: { language } }))
  }

  /** The server has ended the session. */
  function end(): void {
    me.value = null
  }

  return { me, administrator, resume, signIn, signOut, speak, end }
})
