import { Command } from 'commander'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { dryRun, onCopy } from '../roles/on-copy.ts'
import { minerSettings } from '../roles/role-settings.ts'
import { engineStarter } from '../roles/start-engine.ts'
import { startMiner } from '../roles/start-miner.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { ...minerSettings, dryRun } as const satisfies Settings

export function minerCommand(): Command {
  const run = addSettings(new Command('run'), settings)
    .description('answer every window with rollouts, commit them, serve them, claim what they earn')
    .addHelpText(
      'after',
      examples(
        'miner run --config rollproof.yaml --dry-run',
        'miner run --config rollproof.yaml',
        'miner run --config rollproof.yaml --log debug',
        'miner run --config rollproof.yaml --engine http --engine-url http://127.0.0.1:4840',
      ),
    )
    .action(async () => {
      const values = readSettings(run, settings, process.env)
      const startEngine = engineStarter(values)
      await runUntilStopped((signal) =>
        onCopy('miner', values, (own) => startMiner(own, signal, startEngine)),
      )
    })
  return new Command('miner').description('run a miner').addCommand(run)
}
