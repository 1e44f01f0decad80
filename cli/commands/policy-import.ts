import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import type { Corpus } from '../../model/calibration/corpus.ts'
import { calibrationBeside, readCorpus, requireMeasured } from '../../model/calibration/own-calibration.ts'
import { supportedNumerics } from '../../model/calibration/support.ts'
import { hashManifest, type Manifest, parseManifest } from '../../model/checkpoint/manifest.ts'
import { numericsOf, numericsUnder } from '../../model/checkpoint/numerics.ts'
import { FILES } from '../../model/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../model/checkpoint/write-checkpoint.ts'
import { readExamples } from '../../model/hub/examples.ts'
import { type ImportChoices, importPolicy } from '../../model/hub/import-policy.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  out: { value: 'dir', describe: 'directory of the new checkpoint', schema: text },
  parent: {
    value: 'dir',
    describe: 'checkpoint that it was trained from: what is not given here is as there',
    schema: text,
    optional: true,
  },
  environment: {
    value: 'id',
    describe: 'task family (without --parent: word-problems)',
    schema: text,
    optional: true,
  },
  dataset: { value: 'file', describe: 'data of gsm8k', schema: text, optional: true },
  maxTokens: {
    value: 'n',
    describe: 'longest completion (without --parent: half the context, at most 256)',
    schema: count(1, 1 << 20),
    optional: true,
  },
  temperature: {
    value: 'number',
    describe: 'sampling temperature (without --parent: 1)',
    schema: z
      .string()
      .transform(Number)
      .refine((value) => value > 0 && value <= 100, 'must be above 0, at most 100'),
    optional: true,
  },
  endToken: {
    value: 'id',
    describe: 'token that ends a completion (without --parent: as the files name it)',
    schema: count(0, 1 << 24),
    optional: true,
  },
  chat: {
    describe: 'ask problems in the chat template of the policy (without it: bare, or as --parent asks)',
  },
  instruction: {
    value: 'text',
    describe: 'with --chat: what the system says before every problem',
    schema: text,
    optional: true,
  },
  examples: {
    value: 'file',
    describe:
      'problems with their solutions, shown before every problem: JSON lines of question and answer, as in GSM8K',
    schema: text,
    optional: true,
  },
  profile: {
    value: 'name',
    describe: 'numerics, exact or fast (without --parent: fast)',
    schema: z.enum(['exact', 'fast']) as z.ZodType<'exact' | 'fast', string>,
    optional: true,
  },
  calibration: {
    value: 'file',
    describe: 'corpus of this policy: its tolerances (without it: as --parent has, or the embedded policy)',
    schema: text,
    optional: true,
  },
  json,
} as const satisfies Settings

export function policyImportCommand(): Command {
  const command = addSettings(new Command('import'), settings)
    .description(
      'make a checkpoint from a Hugging Face directory or a GGUF file (Llama, Qwen2, Qwen3, SmolLM2)',
    )
    .argument('<path>', 'the directory, one .safetensors file in it, or a .gguf file')
    .addHelpText(
      'after',
      examples('policy import ./SmolLM2-135M --out policy --environment gsm8k --dataset test.jsonl'),
    )
    .action(async (path: string) => {
      const values = readSettings(command, settings, process.env)
      const parent = values.parent === undefined ? null : await readParent(values.parent)
      const calibration = values.calibration === undefined ? null : await readCorpus(values.calibration)
      const checkpoint = await importPolicy(
        path,
        {
          temperature: values.temperature ?? parent?.sampling.temperature ?? 1,
          maxTokens: values.maxTokens ?? parent?.sampling.maxTokens ?? null,
          frame: await chooseFrame(values, parent),
          endToken: values.endToken ?? parent?.sampling.endToken ?? null,
          environment: chooseEnvironment(values, parent),
          numerics: chooseNumerics(values.profile, calibration, parent),
          parent: parent && hashManifest(parent),
        },
        showProgress,
      )
      if (calibration) requireMeasured(calibration, checkpoint)
      await writeCheckpoint(values.out, checkpoint, calibration ? calibrationBeside(calibration) : {})
      const { manifestHash } = checkpoint
      print(values.json, { policy: manifestHash, dir: values.out }, `policy ${manifestHash} in ${values.out}`)
    })
  return command
}

async function readParent(dir: string): Promise<Manifest> {
  const path = join(dir, FILES.manifest)
  const json = await readFile(path, 'utf8').catch((cause) => {
    throw new SubnetError(
      'CHECKPOINT_MISSING',
      `${path} cannot be read. Give --parent the directory of a checkpoint.`,
      {
        details: { file: path },
        cause,
      },
    )
  })
  return parseManifest(json, path)
}

async function chooseFrame(
  values: {
    readonly chat: boolean
    readonly instruction: string | undefined
    readonly examples: string | undefined
  },
  parent: Manifest | null,
): Promise<ImportChoices['frame']> {
  const { chat, instruction, examples: shown } = values
  if (instruction !== undefined && !chat) {
    throw new SubnetError(
      'CONFIG_INVALID',
      '--instruction needs --chat: only a chat template has a place for it.',
    )
  }
  if (!chat && shown === undefined) return parent?.sampling.frame
  return {
    chat: chat ? { instruction: instruction ?? null } : null,
    examples: shown === undefined ? [] : await readExamples(shown),
  }
}

function chooseNumerics(
  profile: 'exact' | 'fast' | undefined,
  calibration: Corpus | null,
  parent: Manifest | null,
): Manifest['numerics'] {
  const chosen = profile ?? (calibration ? 'fast' : (parent?.numerics.profile ?? 'fast'))
  if (calibration === null) return (parent ? numericsUnder(parent, chosen) : numericsOf(chosen)).numerics
  if (chosen === 'fast') return supportedNumerics(calibration)
  throw new SubnetError(
    'CONFIG_INVALID',
    '--calibration goes with --profile fast: under exact nothing drifts, and nothing is tolerated.',
  )
}

function chooseEnvironment(
  values: { readonly environment: string | undefined; readonly dataset: string | undefined },
  parent: Manifest | null,
): Manifest['environment'] {
  if (values.environment === undefined && parent) return parent.environment
  const { id, parametersHash } = findEnvironment(values.environment ?? 'word-problems', {
    gsm8kPath: values.dataset,
  })
  return { id, parametersHash }
}

function showProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20)
  process.stderr.write(`\r${mebibytes(done)} of ${mebibytes(total)} MiB read${done === total ? '\n' : ''}`)
}
