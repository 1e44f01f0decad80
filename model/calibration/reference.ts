import { type Hex, keccak256, stringToBytes } from 'viem'
import { type AskedPolicy, deriveChallenge } from '../../shared/protocol/challenge.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../shared/protocol/seed.ts'
import { projectLogits, sketchSigns } from '../../shared/protocol/sketch.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { openSession } from '../runtime/open-session.ts'
import type { PolicySession, TeacherForced } from '../session.ts'
import type { Look } from './deviations.ts'

/** One position of a rollout, as the portable kernels see it. */
export interface ReferencePosition extends Look {
  readonly uniform: number
}

/** A rollout with what the reference says at each of its positions: V float32 a position are held. */
export interface ReferenceRow extends TeacherForced {
  readonly at: readonly ReferencePosition[]
  readonly signSeed: Hex
}

export interface ReferenceOptions {
  readonly checkpoint: Checkpoint
  /** How challenges are made of the checkpoint. */
  readonly asked: Omit<AskedPolicy, 'session' | 'manifest'>
  /** At least so many. */
  readonly positions: number
  readonly seed: number
}

/** Rollouts that the policy owes under the portable kernels; the same seed gives the same ones on every machine. */
export async function answerAsReference(
  { checkpoint, asked, positions, seed }: ReferenceOptions,
  onProgress: (done: number) => void,
): Promise<ReferenceRow[]> {
  const windowSeed = keccak256(stringToBytes(`calibration/${seed}`))
  const session = await openSession(checkpoint, 'exact')
  const policy = { ...asked, session, manifest: checkpoint.manifest }
  const size = rowsAtOnce(checkpoint.config)
  const rows: ReferenceRow[] = []
  try {
    for (let done = 0; done < positions; onProgress(done)) {
      const answered = await answer(policy, windowSeed, rows.length, size)
      rows.push(...answered)
      done += answered.reduce((sum, { completion }) => sum + completion.length, 0)
    }
    return rows
  } finally {
    await session.close()
  }
}

const MOST_ROWS = 64
const CACHE_BYTES = 2 ** 28
const TYPICAL_LENGTH = 256

/** So many rows that their caches fit beside the weights into the 4 GiB of the WebAssembly engine. */
export function rowsAtOnce({ layers, keyValueHeads, headWidth }: ArchitectureConfig): number {
  const bytesARow = 2 * 4 * layers * keyValueHeads * headWidth * TYPICAL_LENGTH
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(CACHE_BYTES / bytesARow)))
}

/** One rollout for each of `count` challenges, from challenge `first` on. */
async function answer(
  policy: AskedPolicy & { readonly session: PolicySession; readonly manifest: Checkpoint['manifest'] },
  windowSeed: Hex,
  first: number,
  count: number,
): Promise<ReferenceRow[]> {
  const { session } = policy
  const { sampling } = policy.manifest
  const groups = Array.from({ length: count }, (_, i) => first + i)
  const prompts = groups.map((group) => deriveChallenge(policy, windowSeed, 0, group).prompt)
  const uniforms = groups.map((group) => samplingUniforms(windowSeed, 0, group, 0, sampling.maxTokens))
  // Signs follow from the finished completion: until then all logits are kept.
  const seen: { logits: Float32Array; probabilities: Float32Array; logProbability: number }[][] = groups.map(
    () => [],
  )
  const completions = await session.generate(prompts, sampling, (row, step, at) => {
    const token = owedToken(at.probabilities, uniforms[row][step])
    seen[row].push({
      logits: at.logits.slice(),
      probabilities: at.probabilities.slice(),
      logProbability: at.logProbabilities[token],
    })
    return token
  })
  return completions.map((completion, row) => {
    const signSeed = tokenBoundSeed('sketch', windowSeed, hashTokens(completion), 0, groups[row], 0)
    const at = seen[row].map(({ logits, ...look }, step) => ({
      ...look,
      projections: projectLogits(logits, sketchSigns(signSeed, step, session.vocabulary)),
      uniform: uniforms[row][step],
    }))
    return { prompt: prompts[row], completion, at, signSeed }
  })
}
