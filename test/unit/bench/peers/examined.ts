import type { ExaminedRollout, ForwardPass, Position } from '../../../../bench/peers/peer-rule.ts'
import { owedToken, samplingUniforms } from '../../../../shared/protocol/sampling.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const place = { windowSeed: `0x${'5e'.repeat(32)}`, miner: 4, group: 2, prompt: [1, 2, 3] } as const

/** Logits and hidden states from a seed; `drift` moves them a little, as another model would. */
export function randomPass(
  seed: number,
  options: { length: number; width?: number; drift?: number; temperature?: number },
): ForwardPass {
  const { length, width = 96, drift = 0, temperature = 1 } = options
  const random = createSeededRandom(seed)
  const other = createSeededRandom(seed + 1)
  const draw = (size: number) =>
    Float32Array.from({ length: size }, () => 8 * (random() - 0.5) + drift * (other() - 0.5))
  const positions = Array.from({ length }, () => positionOf(draw(20), draw(width), temperature))
  return { temperature, positions }
}

function positionOf(logits: Float32Array, hidden: Float32Array, temperature: number): Position {
  const weights = logits.map((logit) => Math.exp(logit / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const probabilities = weights.map((weight) => weight / total)
  return { logits, hidden, probabilities, logProbabilities: probabilities.map(Math.log) }
}

/** What an honest miner would hand in if the prover's pass were its model, looked at by the verifier. */
export function examinedRollout(verifier: ForwardPass, prover = verifier, index = 0): ExaminedRollout {
  const { positions } = prover
  const uniforms = samplingUniforms(place.windowSeed, place.miner, place.group, index, positions.length)
  const tokens = positions.map(({ probabilities }, step) => owedToken(probabilities, uniforms[step]))
  const rollout = {
    tokens,
    finish: 'length' as const,
    reward: 0,
    sketches: new Int8Array(4 * tokens.length),
    logProbabilities: Float32Array.from(tokens, (token, step) => positions[step].logProbabilities[token]),
  }
  const activations = positions.map(({ hidden }) => hidden)
  return { ...place, index, rollout, verifier, prover, activations }
}
