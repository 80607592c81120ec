import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '@/app/App.vue'
import { router } from '@/app/router'
import { i18n, language, setLanguage } from '@/i18n'
import { followTheme } from '@/ui/theme'
import '@/ui/tokens.css'
import '@/ui/base.css'

followTheme()
setLanguage(language.value)
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
