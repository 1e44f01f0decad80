import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
import { examples } from '../examples.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { toJson } from '../observer/to-json.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const { deployment, rpc, relay, checkpoints, dataset, allowPrivateHosts } = observerSettings

const settings = {
  case: {
    value: 'file',
    describe: 'explain from this case, without any network',
    schema: text,
    optional: true,
  },
  save: { value: 'file', describe: 'keep the case that was fetched', schema: text, optional: true },
  deployment: {
    ...deployment,
    describe: `${deployment.describe}; with --case, pins its beacon`,
    optional: true,
  },
  rpc: { ...rpc, optional: true },
  relay,
  checkpoints,
  dataset,
  allowPrivateHosts,
  json: { describe: 'print everything as JSON' },
} as const satisfies Settings

export function explainCommand(): Command {
  const command = addSettings(new Command('explain'), settings)
    .description('derive any verdict again and print the numbers that decided it')
    .argument('<rollout>', 'WINDOW/MINER/GROUP/ROLLOUT, such as 12/3/5/7')
    .addHelpText(
      'after',
      examples('explain 12/3/5/7 --config rollproof.yaml', 'explain 12/3/5/7 --case case.json'),
    )
    .action(async (given: string) => {
      const values = readSettings(command, settings, process.env)
      const name = parseName(given)
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { explain } = await import('../observer/explain.ts')
      const { renderExplanation } = await import('../observer/render-explanation.ts')
      await runUntilStopped(async (signal) => {
        const explanation = await explain(values, name, signal)
        console.log(values.json ? toJson(explanation) : renderExplanation(explanation, explanation.dispute))
      })
    })
  return command
}

function parseName(given: string) {
  const parts = /^(\d{1,15})\/(\d{1,9})\/(\d{1,9})\/(\d{1,9})$/.exec(given)
  if (!parts) {
    throw new SubnetError(
      'CONFIG_INVALID',
      `${given} is not a rollout: name it as WINDOW/MINER/GROUP/ROLLOUT, such as 12/3/5/7; see --help`,
    )
  }
  const [window, miner, group, rollout] = parts.slice(1).map(Number)
  return { window, miner, group, rollout }
}
