import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '@/app/App.vue'
import { router } from '@/app/router'
import { i18n } from '@/i18n'

createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
