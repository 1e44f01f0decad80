import { blocksFor, keystream } from '../../shared/protocol/keystream.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import { gumbelMargin, noiseBehind } from './gumbel.ts'
import type { ExaminedRollout, PeerRule } from './peer-rule.ts'

export interface DivergenceLimits {
  /** Nats. */
  readonly clip: number
  /** Nats a token, on the mean over a rollout. */
  readonly threshold: number
}

/**
 * The scheme publishes no thresholds but a way to them: margins are clipped, so that no single token decides, and
 * the threshold on their mean leaves 1 % of honest batches outside. Honest here, as in the networks that need such
 * a rule, means the owed weights in bfloat16. Two draws of noise over 2,048 such rollouts of the arena's policy
 * (46,766 tokens, of which 17 and 26 differ) gave thresholds of 0 and 5.3e-5 and largest margins of 0.083 and
 * 0.043; both are rounded up. In float32 every honest margin, and so every limit, is 0. The published clip, the
 * 99.9th percentile of honest tokens, is 0 even in bfloat16, so the largest honest margin stands in for it: any
 * clip above the threshold times the tokens of a rollout accepts the same rollouts.
 */
export const divergenceLimits: DivergenceLimits = { clip: 0.1, threshold: 1e-4 }

/**
 * Token-DiFR's margins: by how much each token falls short, on the verifier's logits, of the one that Gumbel-max
 * draws with the public noise. The rollouts were drawn by inverse CDF, so the public noise is the one under which
 * Gumbel-max on the prover's own model draws what inverse CDF drew; in distribution, that is a miner that samples
 * by Gumbel-max in the first place. A token that the miner chose otherwise meets noise that knows nothing of it.
 *
 * @returns nats, one per token, not clipped
 */
export function divergenceMargins(examined: ExaminedRollout): number[] {
  const { windowSeed, miner, group, index, rollout, verifier, prover } = examined
  const uniforms = samplingUniforms(windowSeed, miner, group, index, rollout.tokens.length)
  const seed = childSeed('peer noise', windowSeed, miner, group, index)
  return rollout.tokens.map((token, step) => {
    const { logits, probabilities } = prover.positions[step]
    const drawn = owedToken(probabilities, uniforms[step])
    const bytes = 4 * logits.length
    const words = new Uint32Array(keystream(seed, bytes, step * blocksFor(bytes)).buffer)
    const noise = noiseBehind(
      logits.map((logit) => logit / prover.temperature),
      drawn,
      Float64Array.from(words, (word) => (word + 0.5) / 2 ** 32),
    )
    const expected = verifier.positions[step].logits.map((logit) => logit / verifier.temperature)
    return gumbelMargin(expected, noise, token)
  })
}

/** @param honest margins of honest rollouts */
export function calibrateDivergence(honest: readonly (readonly number[])[]): DivergenceLimits {
  const clip = Math.max(...honest.flat())
  const means = honest.map((margins) => clippedMean(margins, clip)).sort((a, b) => a - b)
  return { clip, threshold: means[Math.ceil(0.99 * means.length) - 1] }
}

function clippedMean(margins: readonly number[], clip: number): number {
  return margins.reduce((sum, margin) => sum + Math.min(margin, clip), 0) / margins.length
}

/** Token-DiFR over one rollout: the mean clipped margin is at most the threshold. */
export const tokenDivergence: PeerRule = {
  name: 'DiFR token divergence',
  accepts: (examined) =>
    clippedMean(divergenceMargins(examined), divergenceLimits.clip) <= divergenceLimits.threshold,
}
