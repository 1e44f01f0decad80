import type { Hex } from 'viem'
import type { Environment } from '../shared/environments/environment.ts'
import { findEnvironment } from '../shared/environments/registry.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Manifest } from './checkpoint/manifest.ts'
import { readCheckpoint } from './checkpoint/read-checkpoint.ts'
import type { Device } from './engine/engine.ts'
import { findCheckpoint } from './find-checkpoint.ts'
import { openSession } from './runtime/open-session.ts'
import type { PolicySession } from './session.ts'
import { loadTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts'

/** A checkpoint ready to answer and to judge: every hash verified, the session open on this thread. */
export interface Policy {
  readonly manifest: Manifest
  readonly manifestHash: Hex
  readonly session: PolicySession
  readonly codec: Tokenizer
  readonly environment: Environment
}

export interface PolicySources {
  /** Directories to look for checkpoints in. */
  readonly checkpoints: readonly string[]
  /** Path of the GSM8K file, for policies that ask for it. */
  readonly dataset: string | null
  /** Where the model computes; the CPU unless named. */
  readonly device?: Device
  /** Processor threads within one operation: one unless it says otherwise, and the same bits with any. */
  readonly threads?: number
}

export interface PolicyShelf {
  open(manifestHash: Hex): Promise<Policy>
  close(): Promise<void>
}

/** Keeps the policies of the running window and the one before open; a checkpoint change costs one session. */
const shelfSize = 2

export function openPolicies(sources: PolicySources): PolicyShelf {
  const shelf = new Map<Hex, Policy>()
  return {
    async open(manifestHash) {
      const policy = shelf.get(manifestHash) ?? (await openPolicy(sources, manifestHash))
      shelf.delete(manifestHash)
      shelf.set(manifestHash, policy)
      for (const [oldest, { session }] of shelf) {
        if (shelf.size <= shelfSize) break
        shelf.delete(oldest)
        await session.close()
      }
      return policy
    },
    async close() {
      for (const { session } of shelf.values()) await session.close()
      shelf.clear()
    },
  }
}

/**
 * @throws SubnetError CHECKPOINT_MISSING, CHECKPOINT_CORRUPT, ENVIRONMENT_MISMATCH, POLICY_VOCABULARY_MISMATCH,
 *   and those of the environment's data
 */
async function openPolicy(
  { checkpoints, dataset, device = 'cpu', threads = 1 }: PolicySources,
  manifestHash: Hex,
): Promise<Policy> {
  const { dir } = await findCheckpoint(checkpoints, manifestHash)
  const checkpoint = await readCheckpoint(dir)
  const { manifest } = checkpoint
  const environment = findEnvironment(manifest.environment.id, { gsm8kPath: dataset ?? undefined })
  if (environment.parametersHash !== manifest.environment.parametersHash) {
    throw new SubnetError(
      'ENVIRONMENT_MISMATCH',
      `the policy ${manifestHash} was made for another version of ${environment.id}: it names ${manifest.environment.parametersHash}, this program has ${environment.parametersHash}. Update the program, or the data file.`,
      { details: { expected: manifest.environment.parametersHash, actual: environment.parametersHash } },
    )
  }
  const codec = loadTokenizer(checkpoint.tokenizerJson, manifest.sampling.endToken)
  const session = await openSession(checkpoint, manifest.numerics.profile, { device, threads })
  if (codec.vocabularySize !== session.vocabulary) {
    await session.close()
    throw new SubnetError(
      'POLICY_VOCABULARY_MISMATCH',
      `the checkpoint ${dir} has ${codec.vocabularySize} tokens in its tokenizer and ${session.vocabulary} in its head; they must be equal`,
      { details: { dir, tokenizer: codec.vocabularySize, head: session.vocabulary } },
    )
  }
  return { manifest, manifestHash, session, codec, environment }
}
