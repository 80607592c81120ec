/** Asks before a page with unsaved entries is left: nobody should believe that they were saved. */
import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { t } from '@/i18n'
import { confirm } from '@/ui/dialogs'

export function useLeaveGuard(unsaved: () => boolean): void {
  const mayLeave = () =>
    !unsaved() ||
    confirm({
      title: t('desk.leave.title'),
      message: t('desk.leave.message'),
      confirm: t('desk.leave.leave'),
      cancel: t('desk.leave.stay'),
      danger: true,
    })
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate(mayLeave)

  const warn = (event: BeforeUnloadEvent) => {
    if (unsaved()) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', warn))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
}
