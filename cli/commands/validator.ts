import { Command } from 'commander'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { validatorSettings } from '../roles/role-settings.ts'
import { startValidator } from '../roles/start-validator.ts'
import { addSettings, readSettings } from '../settings.ts'

export function validatorCommand(): Command {
  const run = addSettings(new Command('run'), validatorSettings)
    .description('audit what miners committed, score them, reveal and settle, claim the dividend')
    .addHelpText('after', examples('validator run --config rollproof.yaml'))
    .action(async () => {
      const values = readSettings(run, validatorSettings, process.env)
      await runUntilStopped((signal) => startValidator(values, signal))
    })
  return new Command('validator').description('run a validator').addCommand(run)
}
