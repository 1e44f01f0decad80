import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SubnetError } from '../../shared/errors.ts'
import { type ArchitectureConfig, parseConfig } from '../architecture/config.ts'
import type { WeightTensors } from '../architecture/inference-graphs.ts'
import { listParameters } from '../architecture/parameters.ts'
import { tokenTableOf } from '../tokenizer/token-table.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type Hash, sha256, sha256OfFile } from './hash.ts'
import { hashManifest, type Manifest, parseManifest } from './manifest.ts'
import { readWeights as readWeightFile } from './read-weights.ts'

export const FILES = {
  manifest: 'manifest.json',
  weights: 'model.safetensors',
  config: 'config.json',
  tokenizer: 'tokenizer.json',
} as const

/**
 * Reads a policy from a directory and verifies every hash that its manifest names, and every tensor's name, shape
 * and numbers. The graphs' hashes are verified where the graphs are built, when a session opens.
 * @throws SubnetError CHECKPOINT_MISSING (retryable: it may still be on its way), CHECKPOINT_CORRUPT, POLICY_ARCHITECTURE_UNSUPPORTED
 */
export async function readCheckpoint(dir: string): Promise<Checkpoint> {
  const manifestPath = join(dir, FILES.manifest)
  const manifest = parseManifest(decodeText(await readRequired(manifestPath)), manifestPath)
  const configJson = decodeText(await readVerified(dir, FILES.config, manifest.architecture))
  const tokenizerJson = decodeText(await readVerified(dir, FILES.tokenizer, manifest.tokenizer))
  requireTokenTable(join(dir, FILES.tokenizer), tokenizerJson, manifest.tokenTable)
  const config = parseConfig(parseJson(join(dir, FILES.config), configJson))
  const weights = await readWeights(join(dir, FILES.weights), manifest.weights, config)
  return { manifest, manifestHash: hashManifest(manifest), config, configJson, weights, tokenizerJson }
}

/** Contracts take the table's word for what tokens say: whoever uses a policy makes sure that it is the tokenizer's. */
function requireTokenTable(path: string, tokenizerJson: string, expected: Manifest['tokenTable']): void {
  if (expected === undefined) return
  const actual = tokenTableOf(tokenizerJson)?.root ?? null
  if (actual === expected) return
  throw new SubnetError(
    'CHECKPOINT_CORRUPT',
    `the tokens of ${path} have the table ${actual}, the manifest names ${expected}. Do not use this policy: honest work could be punished under it.`,
    { details: { file: path, expected, actual } },
  )
}

async function readRequired(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw missing(path, cause)
  })
}

function missing(path: string, cause: unknown): SubnetError {
  return new SubnetError(
    'CHECKPOINT_MISSING',
    `${path} cannot be read. Give the directory of a checkpoint: ${Object.values(FILES).join(', ')}.`,
    { retryable: true, details: { file: path }, cause },
  )
}

async function readVerified(dir: string, name: string, expected: Hash): Promise<Uint8Array> {
  const path = join(dir, name)
  const bytes = await readRequired(path)
  requireHash(path, sha256(bytes), expected)
  return bytes
}

function requireHash(path: string, actual: Hash, expected: Hash): void {
  if (actual === expected) return
  throw new SubnetError(
    'CHECKPOINT_CORRUPT',
    `${path} hashes to ${actual}, the manifest names ${expected}. Fetch the checkpoint again; nothing was loaded.`,
    { details: { file: path, expected, actual } },
  )
}

async function readWeights(path: string, expected: Hash, config: ArchitectureConfig): Promise<WeightTensors> {
  const corrupt = (reason: string, cause?: unknown): SubnetError =>
    new SubnetError('CHECKPOINT_CORRUPT', `${path}: ${reason}. Fetch the checkpoint again.`, {
      details: { file: path, reason },
      cause,
    })
  const { hash, tensors } = await readWeightFile(path).catch(async (cause: Error) => {
    if (!(cause instanceof SubnetError)) throw missing(path, cause)
    // A damaged file says more by its hash than by what its damage looks like.
    requireHash(path, await sha256OfFile(path), expected)
    throw corrupt(cause.message, cause)
  })
  requireHash(path, hash, expected)
  const specs = listParameters(config)
  for (const { name, shape } of specs) {
    const found = tensors.get(name)
    if (found === undefined) throw corrupt(`tensor ${name} is missing`)
    if (found.shape.join() !== shape.join()) {
      throw corrupt(`tensor ${name} is [${found.shape}], config.json makes it [${shape}]`)
    }
  }
  const known = new Set(specs.map(({ name }) => name))
  for (const name of tensors.keys()) if (!known.has(name)) throw corrupt(`tensor ${name} belongs to no layer`)
  return tensors
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SubnetError('CHECKPOINT_CORRUPT', `${path} is not JSON. Fetch the checkpoint again.`, {
      details: { file: path },
      cause,
    })
  }
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
