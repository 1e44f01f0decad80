import { Command } from 'commander'
import { z } from 'zod'
import { FORMATS, type Format } from '../../learner/export/formats.ts'
import { json } from '../json-setting.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const { checkpoints, dataset, deployment } = observerSettings

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
    describe: "one miner's window, as `explain --save` keeps it",
    schema: text,
    repeatable: true,
  },
  deployment: {
    ...deployment,
    describe: `${deployment.describe}; cases of another chain, subnet or beacon are refused`,
    optional: true,
  },
  checkpoints,
  dataset,
  json,
} as const satisfies Settings

export function learnerExportCommand(): Command {
  const command = addSettings(new Command('export'), settings)
    .description('check rollouts in full and write them as Parquet for another trainer')
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      // Loaded only here: the model's runtime is nothing that other commands need at their start.
      const { exportCases } = await import('../learner/export-cases.ts')
      const summary = await exportCases(values, (line) => {
        if (!values.json) console.log(line)
      })
      const { groups, out, parts } = summary
      const bundles = parts.filter(({ file }) => file !== null).length
      print(values.json, summary, `${groups} groups of ${bundles} bundles in ${out}`)
    })
  return command
}
