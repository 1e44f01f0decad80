/**
 * The largest of logit_i + noise_i is a draw from softmax(logits) when the noise is standard Gumbel. This goes
 * the other way: given the draw, noise that makes it the largest.
 *
 * The maximum of the sums is Gumbel around logΣexp(logits) and independent of where it lies; the other sums are
 * Gumbels around their logits, cut off at the maximum (Maddison, Tarlow, Minka 2014). So where `drawn` is a draw
 * from softmax(logits), the noise that comes back is standard Gumbel, independent between tokens: a rollout
 * sampled in any way at all is one sampled by Gumbel-max under this noise.
 *
 * @param uniforms V numbers in (0, 1)
 */
export function noiseBehind(
  logits: ArrayLike<number>,
  drawn: number,
  uniforms: ArrayLike<number>,
): Float64Array {
  const noise = new Float64Array(logits.length)
  let peak = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) peak = Math.max(peak, logits[i])
  let total = 0
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i] - peak)
  const maximum = peak + Math.log(total) + gumbel(uniforms[drawn])
  for (let i = 0; i < logits.length; i++) {
    const sum = i === drawn ? maximum : cutOff(logits[i] + gumbel(uniforms[i]), maximum)
    noise[i] = sum - logits[i]
  }
  return noise
}

function gumbel(uniform: number): number {
  return -Math.log(-Math.log(uniform))
}

/** -log(e^-maximum + e^-sum), computed around the smaller of the two. */
function cutOff(sum: number, maximum: number): number {
  const low = Math.min(sum, maximum)
  return low - Math.log1p(Math.exp(-Math.abs(sum - maximum)))
}

/** By how much the token falls short of the best, in nats: 0 when it is the one that Gumbel-max draws. */
export function gumbelMargin(logits: ArrayLike<number>, noise: Float64Array, token: number): number {
  let best = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) best = Math.max(best, logits[i] + noise[i])
  return best - (logits[token] + noise[token])
}
