import type { RouteRecordRaw } from 'vue-router'

export const flowRoutes: RouteRecordRaw[] = []
