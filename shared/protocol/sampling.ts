import type { Hex } from 'viem'
import { keystream } from './keystream.ts'
import { childSeed } from './seed.ts'

/**
 * Verifiable sampling by inverse CDF: the network draws, not the miner. Rollout r of group g has one keystream;
 * token t uses u_t, 53 bits of it, in [0, 1).
 *
 * @returns u_0 … u_{count-1}; a longer call extends a shorter one
 */
export function samplingUniforms(
  windowSeedHex: Hex,
  miner: number,
  group: number,
  rollout: number,
  count: number,
): Float64Array {
  const bytes = keystream(childSeed('sample', windowSeedHex, miner, group, rollout), 8 * count)
  const view = new DataView(bytes.buffer)
  const uniforms = new Float64Array(count)
  for (let t = 0; t < count; t++) {
    const low = view.getUint32(8 * t, true)
    const high = view.getUint32(8 * t + 4, true)
    uniforms[t] = (high * 2 ** 21 + (low >>> 11)) / 2 ** 53
  }
  return uniforms
}

/** Tokens whose cumulative probability is noted at once while the total is added up. */
const STRIDE = 512

/**
 * The token that is owed: the first, in id order, whose cumulative probability exceeds u times the total.
 * There always is one: u ≤ 1 - 2^-53, and then u times a float64 total rounds to less than the total.
 * Probabilities are never negative, so the sums never fall: one pass finds the stride that holds the token.
 * @param probabilities V float32 values as the graph gives them; never renormalised here
 * @returns -1 for what is no distribution: nothing but zeros, or a NaN
 */
export function owedToken(probabilities: Float32Array, uniform: number): number {
  const strides = Math.ceil(probabilities.length / STRIDE)
  const below = new Float64Array(strides + 1)
  for (let stride = 0; stride < strides; stride++) {
    below[stride + 1] = addUp(below[stride], probabilities, STRIDE * stride, STRIDE * (stride + 1))
  }
  const target = uniform * below[strides]
  for (let stride = 0; stride < strides; stride++) {
    if (below[stride + 1] > target) return firstAbove(probabilities, target, below[stride], STRIDE * stride)
  }
  return -1
}

/** Every sum is this one: float64, in token-id order. */
function addUp(start: number, probabilities: Float32Array, from: number, to: number): number {
  const end = Math.min(to, probabilities.length)
  let sum = start
  for (let i = from; i < end; i++) sum += probabilities[i]
  return sum
}

function firstAbove(probabilities: Float32Array, target: number, below: number, from: number): number {
  let cumulative = below
  for (let i = from; i < probabilities.length; i++) {
    cumulative += probabilities[i]
    if (cumulative > target) return i
  }
  return -1
}

/**
 * How far u lies outside the interval of the token that was given, as a share of the total probability.
 * Exactly 0 if and only if the token is the owed one; a token of probability zero that u happens to touch is
 * still a deviation, the smallest positive number.
 */
export function samplingDeviation(probabilities: Float32Array, uniform: number, token: number): number {
  if (token === owedToken(probabilities, uniform)) return 0
  const total = addUp(0, probabilities, 0, probabilities.length)
  const below = addUp(0, probabilities, 0, token)
  const above = below + probabilities[token]
  return Math.max(below / total - uniform, uniform - above / total, Number.MIN_VALUE)
}
