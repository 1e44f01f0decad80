import { writeFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'
import { Command } from 'commander'
import { z } from 'zod'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { requireWritable } from '../require-writable.ts'
import { forbidTf32 } from '../roles/forbid-tf32.ts'
import { device } from '../roles/role-settings.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  policy: { value: 'dir', describe: 'directory of the checkpoint to measure', schema: text },
  out: { value: 'file', describe: 'write the corpus as JSON', schema: text, optional: true },
  svg: { value: 'file', describe: 'write a picture of the corpus', schema: text, optional: true },
  positions: {
    value: 'n',
    describe: 'compare at least so many positions',
    schema: count(1, 10_000_000),
    fallback: '20000',
  },
  learningRate: {
    value: 'number',
    describe: 'of the update that the stale impostor is behind',
    schema: z
      .string()
      .transform(Number)
      .refine((value) => value > 0 && value <= 1, 'must be above 0, at most 1'),
    fallback: '0.0001',
  },
  seed: { value: 'n', describe: 'chooses the challenges', schema: count(0, 2 ** 32 - 1), fallback: '1' },
  join: {
    value: 'file',
    describe: 'add what another machine measured of the same policy',
    schema: text,
    repeatable: true,
    optional: true,
  },
  machine: {
    value: 'name',
    describe: 'what to call this machine in the corpus (default: its processor)',
    schema: text,
    optional: true,
  },
  dataset: {
    value: 'file',
    describe: 'GSM8K file, for policies that ask for it',
    schema: text,
    optional: true,
  },
  device,
  json,
} as const satisfies Settings

export function calibrateCommand(): Command {
  const command = addSettings(new Command('calibrate'), settings)
    .description(
      'measure how far honest engines drift apart and how far impostors are: what tolerances rest on',
    )
    .addHelpText('after', examples('calibrate --policy models/default'))
    .action(async () => {
      const { policy, out, svg, join, machine, json, ...given } = readSettings(command, settings, process.env)
      if (given.device === 'cuda') forbidTf32()
      if (out !== undefined) requireWritable(out, '--out')
      if (svg !== undefined) requireWritable(svg, '--svg')
      // Loaded only here: training, engines and pictures are nothing that a role needs at its start.
      const [
        { measurePolicy },
        { mergeCorpora, hashCorpus },
        { readCorpus },
        { canonicalJson },
        render,
        { renderCalibration },
      ] = await Promise.all([
        import('../calibration/measure-policy.ts'),
        import('../../model/calibration/corpus.ts'),
        import('../../model/calibration/own-calibration.ts'),
        import('../../model/checkpoint/manifest.ts'),
        import('../calibration/render-table.ts'),
        import('../calibration/render-svg.ts'),
      ])
      const others = await Promise.all(join.map(readCorpus))
      const measured = await measurePolicy({
        ...given,
        dir: policy,
        // Corpora are put together only where their sketches have one quantum.
        sketchStep: others[0]?.sketchStep ?? null,
        machine: {
          arch: arch(),
          cpu: machine ?? cpus()[0]?.model.trim() ?? 'unknown',
          node: process.version,
        },
      })
      const corpus = mergeCorpora(measured, others)
      const hash = hashCorpus(corpus)
      print(json, { hash, corpus }, `${render.renderTable(corpus)}\ncorpus ${hash}`)
      if (out !== undefined) writeFileSync(out, canonicalJson(corpus))
      if (svg !== undefined) writeFileSync(svg, renderCalibration(corpus))
    })
  return command
}
