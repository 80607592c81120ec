import { createRouter, createWebHistory } from 'vue-router'
import { flowRoutes } from '@/flow/routes'

export const router = createRouter({
  history: createWebHistory(),
  routes: [...flowRoutes],
})
