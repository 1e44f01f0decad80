import { Command } from 'commander'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { toJson } from '../observer/to-json.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const { deployment, rpc, relay, checkpoints, dataset, allowPrivateHosts } = observerSettings

const settings = {
  deployment: {
    ...deployment,
    describe: `${deployment.describe}; offline, pins the cases' beacon`,
    optional: true,
  },
  rpc: { ...rpc, optional: true },
  relay,
  checkpoints,
  dataset,
  allowPrivateHosts,
  update: {
    value: 'dir',
    describe: 'offline: directory of the update, with its record and the optimiser’s state',
    schema: text,
    optional: true,
  },
  parent: {
    value: 'dir',
    describe: 'offline: directory of what it was trained from',
    schema: text,
    optional: true,
  },
  case: {
    value: 'file',
    describe: "offline: one miner's window that it was trained on, as `explain --save` keeps it",
    schema: text,
    repeatable: true,
    optional: true,
  },
  json: { describe: 'print everything as JSON' },
} as const satisfies Settings

export function learnerReplayCommand(): Command {
  const command = addSettings(new Command('replay'), settings)
    .description('take an update again and compare; ends with 1 if it is false, 2 if that cannot be said')
    .argument('[update]', 'manifest hash, or the number of an update on chain, the first being 1')
    .action(async (update: string | undefined) => {
      // Until something can be said of the update: 1 would call it false.
      process.exitCode = 2
      const values = readSettings(command, settings, process.env)
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { replay } = await import('../learner/replay.ts')
      await runUntilStopped(async (signal) => {
        const { policy, ...finding } = await replay(values, update, signal)
        const { outcome, findings, ownHash } = finding
        const lines = [`update ${policy}: ${outcome}`, `  recomputed here  ${ownHash ?? 'nothing'}`]
        console.log(
          values.json
            ? toJson({ policy, ...finding })
            : [...lines, ...findings.map((line) => `  ${line}`)].join('\n'),
        )
        process.exitCode = { agrees: 0, disagrees: 1, withheld: 2 }[outcome]
      })
    })
  return command
}
