import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
import { castOf, type DevnetValues, devnetSettings } from '../devnet/devnet-settings.ts'
import { openDataDir } from '../devnet/open-data-dir.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { requireWritable } from '../require-writable.ts'
import { addSettings, readSettings } from '../settings.ts'

export function devnetCommand(): Command {
  const command = addSettings(new Command('devnet'), devnetSettings)
    .description('the whole loop on this machine: chain, beacon, miners, cheats, validators, as processes')
    .action(async () => {
      const values = withDataset(castOf(readSettings(command, devnetSettings, process.env)))
      if (values.report !== undefined) requireWritable(values.report, '--report')
      const dataDir = openDataDir(values.dataDir, 'rollproof-devnet-')
      // Loaded only here: contracts, training and the board are nothing that a role needs at its start.
      const { runDevnet } = await import('../devnet/run-devnet.ts')
      let broken: string | null | undefined
      try {
        await runUntilStopped(async (signal) => {
          broken = await runDevnet(values, dataDir, signal)
        })
      } finally {
        const kept = values.dataDir !== undefined || values.keep || broken !== null
        if (kept) console.log(`data and logs are in ${dataDir}`)
        else rmSync(dataDir, { recursive: true, force: true })
      }
      console.log(verdictOf(broken))
      process.exitCode = broken === null ? 0 : 1
    })
  return command
}

/** @param broken the first broken expectation; null when all held; undefined when somebody stopped the run */
function verdictOf(broken: string | null | undefined): string {
  if (broken === undefined) return 'stopped before the end'
  return broken === null ? 'every expectation held' : `broken: ${broken}`
}

function withDataset(values: DevnetValues): DevnetValues {
  if (values.environment !== 'gsm8k' || values.dataset !== undefined) return values
  const root = new URL('../../', import.meta.url)
  const places = ['data/gsm8k/test.jsonl', '../shared/data/gsm8k/test.jsonl']
  const found = places.map((place) => fileURLToPath(new URL(place, root))).find(existsSync)
  if (found) return { ...values, dataset: found }
  throw new SubnetError(
    'DATASET_MISSING',
    `--environment gsm8k needs the published test.jsonl: give --dataset FILE, or put it at ${places[0]}`,
  )
}
