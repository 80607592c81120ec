/** The real binary on real files, in a real browser: `cargo build -p kapok-cli` comes first. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file has a server and a browser of its own; the machine may have two cores.
    fileParallelism: false,
  },
})
