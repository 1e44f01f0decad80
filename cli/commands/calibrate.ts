import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'
import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
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
      const { policy, out, svg, positions, seed, join, machine, dataset, device, json } = readSettings(
        command,
        settings,
        process.env,
      )
      if (device === 'cuda') forbidTf32()
      if (out !== undefined) requireWritable(out, '--out')
      if (svg !== undefined) requireWritable(svg, '--svg')
      // Loaded only here: training, engines and pictures are nothing that a role needs at its start.
      const [
        { measurePolicy },
        { mergeCorpora, parseCorpus, hashCorpus },
        { canonicalJson },
        render,
        { renderCalibration },
      ] = await Promise.all([
        import('../calibration/measure-policy.ts'),
        import('../../model/calibration/corpus.ts'),
        import('../../model/checkpoint/manifest.ts'),
        import('../calibration/render-table.ts'),
        import('../calibration/render-svg.ts'),
      ])
      const others = join.map((path) => parseCorpus(readJoined(path), path))
      const measured = await measurePolicy({
        dir: policy,
        dataset,
        device,
        positions,
        seed,
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

function readJoined(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError(
      'CALIBRATION_MISSING',
      `cannot read ${path}: ${(cause as Error).message}. Give --join the file that another machine wrote with --out.`,
      { details: { path }, cause },
    )
  }
}
