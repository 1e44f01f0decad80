import { Command } from 'commander'
import { z } from 'zod'
import { FORMATS, type Format } from '../../learner/export/formats.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const { checkpoints, dataset, deployment, rpc, relay, allowPrivateHosts } = observerSettings

const windowRange = z
  .string()
  .regex(/^\d{1,9}-\d{1,9}$/, 'must be from-to, such as 12-19')
  .transform((value) => {
    const [from, to] = value.split('-').map(Number)
    return { from, to }
  })
  .refine(({ from, to }) => from <= to, 'must not end before it begins')

const settings = {
  format: {
    value: 'name',
    describe: `trainer to write for: ${FORMATS.join(', ')}`,
    schema: z.enum(FORMATS) as z.ZodType<Format, string>,
  },
  out: {
    value: 'dir',
    describe: 'directory of the Parquet files; an export that was stopped goes on',
    schema: text,
  },
  case: {
    value: 'file',
    describe: "one miner's window, as `explain --save` keeps it; no network is asked",
    schema: text,
    repeatable: true,
    optional: true,
  },
  windows: {
    value: 'from-to',
    describe: 'what miners committed to these windows, from chain and miners',
    schema: windowRange,
    optional: true,
  },
  deployment: {
    ...deployment,
    describe: `${deployment.describe}; of the windows; cases of another chain, subnet or beacon are refused`,
    optional: true,
  },
  rpc: { ...rpc, optional: true },
  relay,
  checkpoints,
  dataset,
  allowPrivateHosts,
  json,
} as const satisfies Settings

export function learnerExportCommand(): Command {
  const command = addSettings(new Command('export'), settings)
    .description('check rollouts in full and write them as Parquet for another trainer')
    .addHelpText(
      'after',
      examples(
        'learner export --format trl --out rollouts --windows 12-19 --deployment deployment.json --rpc URL',
        'learner export --format trl --out rollouts --case window12-miner3.json',
      ),
    )
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { exportRollouts } = await import('../learner/export-rollouts.ts')
      let whole = false
      await runUntilStopped(async (signal) => {
        const summary = await exportRollouts(values, signal, (line) => {
          if (!values.json) console.log(line)
        })
        const { groups, out, parts, missed } = summary
        const bundles = parts.filter(({ file }) => file !== null).length
        const left = missed === 0 ? '' : `; ${missed} could not be had, the same command asks for them again`
        print(values.json, summary, `${groups} groups of ${bundles} bundles in ${out}${left}`)
        whole = missed === 0
      })
      process.exitCode = whole ? 0 : 1
    })
  return command
}
