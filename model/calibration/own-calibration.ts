import { readFile } from 'node:fs/promises'
import { SubnetError } from '../../shared/errors.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { canonicalJson } from '../checkpoint/manifest.ts'
import { type Corpus, parseCorpus } from './corpus.ts'

/** Beside the manifest that names it by its hash. */
const CALIBRATION_FILE = 'calibration.json'

/** @throws SubnetError CALIBRATION_MISSING, CALIBRATION_MALFORMED */
export async function readCorpus(path: string): Promise<Corpus> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new SubnetError(
      'CALIBRATION_MISSING',
      `cannot read ${path}: ${cause.message}. Give the file that rollproof calibrate wrote with --out.`,
      { details: { path }, cause },
    )
  })
  return parseCorpus(text, path)
}

/** The file that stands beside a checkpoint's manifest, so that whoever has it can see which machines were measured. */
export function calibrationBeside(corpus: Corpus): Readonly<Record<string, Uint8Array>> {
  return { [CALIBRATION_FILE]: new TextEncoder().encode(canonicalJson(corpus)) }
}

/** @throws SubnetError CALIBRATION_MISMATCH when a corpus measured other weights, or another temperature, than these */
export function requireMeasured(corpus: Corpus, { manifest }: Pick<Checkpoint, 'manifest'>): void {
  const { weights, graphs } = manifest
  if (canonicalJson(corpus.policy) === canonicalJson({ weights, graphs })) return
  throw new SubnetError(
    'CALIBRATION_MISMATCH',
    'the corpus measures another policy: other weights, or another temperature. Import without --calibration, ' +
      'measure the result with rollproof calibrate, and import again with what that wrote.',
    { details: { expected: { weights, graphs }, actual: corpus.policy } },
  )
}
