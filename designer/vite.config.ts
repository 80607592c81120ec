import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The server takes changes from pages of its own address only, so it has to see the address that the browser sees.
const server = { target: 'http://127.0.0.1:7654', changeOrigin: false }

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus still has a few components that need it
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
  },
  // Templates are the processes in ../workflows.
  server: { port: 5173, proxy: { '/api': server, '/healthz': server }, fs: { allow: ['..'] } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The content security policy allows files of our own only: no data: images or fonts.
    assetsInlineLimit: 0,
    manifest: true,
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    // Element Plus and bpmn-js import style sheets, which Node cannot load by itself.
    server: { deps: { inline: ['element-plus'] } },
  },
})
