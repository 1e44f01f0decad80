import { markTestWorkerDone } from 'hardhat/internal/coverage'
import { afterAll } from 'vitest'

/** Keeps which lines of contracts this file's networks ran, for scripts/coverage-contracts.ts. */
afterAll(() => markTestWorkerDone('vitest'))
