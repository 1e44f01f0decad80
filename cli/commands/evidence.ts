import { Command } from 'commander'
import { examples } from '../examples.ts'
import { passwordFile } from '../keys/key-settings.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { toJson } from '../observer/to-json.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'
import { readNumber } from './read-number.ts'

const checkSettings = {
  ...observerSettings,
  opening: {
    value: 'file',
    describe: 'what the validator published with: rollproof evidence open',
    schema: text,
    optional: true,
  },
  key: {
    value: 'file',
    describe: 'keystore to sign the complaint with, where there is one',
    schema: text,
    optional: true,
  },
  passwordFile,
  json: { describe: 'print everything as JSON' },
} as const satisfies Settings

const openSettings = {
  deployment: observerSettings.deployment,
  rpc: observerSettings.rpc,
  journal: { value: 'file', describe: "the validator's journal, which may be in use", schema: text },
  validator: { value: 'uid', describe: 'uid of the validator', schema: count(0, 0xffff_ffff) },
  key: {
    value: 'file',
    describe:
      'keystore of the hot key to sign the opening with: others can then hold it against whoever opens twice',
    schema: text,
    optional: true,
  },
  passwordFile,
} as const satisfies Settings

export function evidenceCommand(): Command {
  return new Command('evidence')
    .description("check that a validator did its own work, or publish one's own")
    .addCommand(checkCommand())
    .addCommand(openCommand())
}

function checkCommand(): Command {
  const command = addSettings(new Command('check'), checkSettings)
    .description("recompute what a validator's evidence root must be; ends with 1 if false, 2 if undecided")
    .argument('<validator>', 'uid of the validator')
    .argument('<epoch>')
    .addHelpText('after', examples('evidence check 1 12 --config rollproof.yaml'))
    .action(async (validator: string, epoch: string) => {
      const values = readSettings(command, checkSettings, process.env)
      const about = { validator: readNumber('VALIDATOR', validator), epoch: readNumber('EPOCH', epoch) }
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { reportEvidence } = await import('../observer/check-evidence.ts')
      const { renderEvidence } = await import('../observer/render-evidence.ts')
      await runUntilStopped(async (signal) => {
        const report = await reportEvidence(values, about, signal)
        console.log(values.json ? toJson(report) : renderEvidence(report))
        const { outcome } = report.finding
        process.exitCode = { true: 0, gaps: 0, false: 1, unopened: 2, undecided: 2 }[outcome]
      })
    })
  return command
}

function openCommand(): Command {
  const command = addSettings(new Command('open'), openSettings)
    .description("print everything under one's own evidence root of an epoch, for others to check")
    .argument('<epoch>')
    .action(async (epoch: string) => {
      const values = readSettings(command, openSettings, process.env)
      const about = { validator: values.validator, epoch: readNumber('EPOCH', epoch) }
      const { printOpening } = await import('../observer/print-opening.ts')
      process.stdout.write(await printOpening(values, about))
    })
  return command
}
