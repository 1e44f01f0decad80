import { Command } from 'commander'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { startEngineThread } from '../roles/engine-thread.ts'
import { minerSettings } from '../roles/role-settings.ts'
import { startMiner } from '../roles/start-miner.ts'
import { addSettings, readSettings } from '../settings.ts'

export function minerCommand(): Command {
  const run = addSettings(new Command('run'), minerSettings)
    .description('answer every window with rollouts, commit them, serve them, claim what they earn')
    .addHelpText(
      'after',
      examples('miner run --config rollproof.yaml', 'miner run --config rollproof.yaml --log debug'),
    )
    .action(async () => {
      const values = readSettings(run, minerSettings, process.env)
      await runUntilStopped((signal) => startMiner(values, signal, startEngineThread))
    })
  return new Command('miner').description('run a miner').addCommand(run)
}
