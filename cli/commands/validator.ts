import { Command } from 'commander'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { dryRun, onCopy } from '../roles/on-copy.ts'
import { validatorSettings } from '../roles/role-settings.ts'
import { startValidator } from '../roles/start-validator.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { ...validatorSettings, dryRun } as const satisfies Settings

export function validatorCommand(): Command {
  const run = addSettings(new Command('run'), settings)
    .description('audit what miners committed, score them, reveal and settle, claim the dividend')
    .addHelpText(
      'after',
      examples('validator run --config rollproof.yaml --dry-run', 'validator run --config rollproof.yaml'),
    )
    .action(async () => {
      const values = readSettings(run, settings, process.env)
      await runUntilStopped((signal) => onCopy('validator', values, (own) => startValidator(own, signal)))
    })
  return new Command('validator').description('run a validator').addCommand(run)
}
