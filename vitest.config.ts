import { defineConfig } from 'vitest/config'

// Two projects: `unit` needs only Node; `browser` drives a real Chromium against a real server.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          // Generous: on a machine busy with other work a test takes many times its own time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          globalSetup: ['test/helpers/fuzz-seed.ts'],
          setupFiles: ['test/helpers/fuzz.ts'],
          // Some tests look at what is still held in memory.
          execArgv: ['--expose-gc'],
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000, interval: 50 } },
          fileParallelism: false,
        },
      },
    ],
  },
})
