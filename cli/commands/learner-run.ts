import { Command } from 'commander'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { learnerSettings } from '../roles/role-settings.ts'
import { addSettings, readSettings } from '../settings.ts'

export function learnerRunCommand(): Command {
  const run = addSettings(new Command('run'), learnerSettings)
    .description('check what miners committed in full, train on it, publish the next policy')
    .addHelpText('after', examples('learner run --config rollproof.yaml --mode asynchronous'))
    .action(async () => {
      const values = readSettings(run, learnerSettings, process.env)
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { fullAdmission, startLearner } = await import('../roles/start-learner.ts')
      await runUntilStopped((signal) => startLearner(values, signal, fullAdmission))
    })
  return run
}
