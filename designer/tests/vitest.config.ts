/** The built app in a real browser, against a server that answers from samples: `npm run build` comes first. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Drawing every element takes most of a minute on two busy cores; what never comes fails after Playwright's 30 seconds.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
