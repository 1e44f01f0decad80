import { defineConfig } from 'vitest/config'

/**
 * `vitest run test/unit` is quick. What starts whole networks runs after everything else and one file at a time:
 * it needs the machine's cores for itself. Time-outs only end what hangs; no test asserts a duration.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: process.env.HARDHAT_COVERAGE === 'true' ? ['test/helpers/save-coverage.ts'] : [],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/{unit,contracts,attacks}/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
