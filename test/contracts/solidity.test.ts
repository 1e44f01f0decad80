import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** In a process of its own: the runner shares no state with the networks of other tests. */
it('keeps every invariant of test/solidity over random sequences of calls', () => {
  const hardhat = spawnSync('node_modules/.bin/hardhat', ['test', 'solidity'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(hardhat.status, `${hardhat.stdout}${hardhat.stderr}`).toBe(0)
  expect(hardhat.stdout).toContain('invariant_everything()')
}, 600_000)
