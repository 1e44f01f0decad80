import { keystream } from '../../shared/protocol/keystream.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import { gumbelMargin, noiseBehind } from './gumbel.ts'
import type { ExaminedRollout, PeerRule } from './peer-rule.ts'

/**
 * The scheme publishes no thresholds but a way to them: margins are clipped at the 99.9th percentile of honest
 * tokens, and the threshold on their mean leaves 1 % of honest batches outside. Honest here, as in the networks
 * that need such a rule, means the owed weights in bfloat16: `calibrateDivergence` over 2,048 such rollouts of the
 * embedded policy gave these. (In float32 an honest margin is 0 and so would be the threshold.)
 */
export const marginClip = 0
export const meanThreshold = 0

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
    const words = new Uint32Array(keystream(childSeed('position', seed, step), 4 * logits.length).buffer)
    const noise = noiseBehind(
      logits.map((logit) => logit / prover.temperature),
      drawn,
      Float64Array.from(words, (word) => (word + 0.5) / 2 ** 32),
    )
    const expected = verifier.positions[step].logits.map((logit) => logit / verifier.temperature)
    return gumbelMargin(expected, noise, token)
  })
}

export interface DivergenceLimits {
  /** Nats. */
  readonly clip: number
  readonly threshold: number
}

/** @param honest margins of honest rollouts */
export function calibrateDivergence(honest: readonly (readonly number[])[]): DivergenceLimits {
  const clip = percentile(honest.flat(), 0.999)
  return {
    clip,
    threshold: percentile(
      honest.map((margins) => clippedMean(margins, clip)),
      0.99,
    ),
  }
}

function clippedMean(margins: readonly number[], clip: number): number {
  return margins.reduce((sum, margin) => sum + Math.min(margin, clip), 0) / margins.length
}

/** The smallest value that at least `share` of all do not exceed. */
function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]
}

/** Token-DiFR over one rollout: the mean clipped margin is at most the threshold. */
export const tokenDivergence: PeerRule = {
  name: 'DiFR token divergence',
  accepts: (examined) => clippedMean(divergenceMargins(examined), marginClip) <= meanThreshold,
}
