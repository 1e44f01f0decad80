import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runUntilStopped } from '../../cli/lifecycle.ts'
import type { CrowdSize } from './crowd.ts'
import { measureEpoch } from './measure-epoch.ts'

/** One crowd in a process of its own, so that its peak memory is its own. Steps to stderr, figures to stdout. */
const size: CrowdSize = JSON.parse(process.argv[2])
const directory = mkdtempSync(join(tmpdir(), 'rollproof-scale-'))
await runUntilStopped(async (signal) => {
  try {
    const figures = await measureEpoch(size, directory, (step) => process.stderr.write(`${step}\n`), signal)
    console.log(JSON.stringify(figures))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
