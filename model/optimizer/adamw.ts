/**
 * AdamW (Loshchilov & Hutter 2019) with clipping by global norm, in plain arithmetic and a fixed order: only
 * + - * / and square roots, which are the same bits on every host, so that anyone can replay a step to the byte.
 */

export interface AdamWSettings {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
  /** Gradients are scaled down so that their global norm does not exceed this. */
  readonly clipNorm: number
}

/** One entry per tensor that is trained, in the order of `listTrained`. */
export interface AdamWState {
  /** Of the adapters that it belongs to; absent where every parameter is trained. */
  readonly rank?: number | undefined
  readonly first: readonly Float32Array[]
  readonly second: readonly Float32Array[]
  /** Steps taken. */
  step: number
  /** beta1 and beta2 to the power of `step`, by repeated multiplication: Math.pow differs between hosts. */
  beta1Power: number
  beta2Power: number
}

export const ADAMW_DEFAULTS: AdamWSettings = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
}

export function createAdamWState(sizes: readonly number[], rank: number | null = null): AdamWState {
  return {
    ...(rank === null ? {} : { rank }),
    first: sizes.map((size) => new Float32Array(size)),
    second: sizes.map((size) => new Float32Array(size)),
    step: 0,
    beta1Power: 1,
    beta2Power: 1,
  }
}

/** Euclidean norm over all tensors, accumulated in float64 in order. */
export function globalNorm(gradients: readonly Float32Array[]): number {
  let sum = 0
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i]
  }
  return Math.sqrt(sum)
}

/**
 * Updates `weights` and `state` in place; `decays[k]` says whether tensor k is subject to weight decay.
 * @returns the norm of the gradients before clipping; when it is not finite nothing has been changed
 */
export function applyAdamW(
  weights: readonly Float32Array[],
  gradients: readonly Float32Array[],
  decays: readonly boolean[],
  state: AdamWState,
  settings: AdamWSettings,
): number {
  const norm = globalNorm(gradients)
  if (!Number.isFinite(norm)) return norm
  const scale = norm > settings.clipNorm ? settings.clipNorm / norm : 1
  state.step += 1
  state.beta1Power *= settings.beta1
  state.beta2Power *= settings.beta2
  for (let k = 0; k < weights.length; k++) {
    const decay = decays[k] ? settings.weightDecay : 0
    const moments = { first: state.first[k], second: state.second[k] }
    updateTensor(weights[k], gradients[k], moments, scale, decay, state, settings)
  }
  return norm
}

function updateTensor(
  weights: Float32Array,
  gradient: Float32Array,
  moments: { first: Float32Array; second: Float32Array },
  scale: number,
  decay: number,
  { beta1Power, beta2Power }: AdamWState,
  { learningRate, beta1, beta2, epsilon }: AdamWSettings,
): void {
  const { first, second } = moments
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] * scale
    const m = beta1 * first[i] + (1 - beta1) * g
    const v = beta2 * second[i] + (1 - beta2) * g * g
    first[i] = m
    second[i] = v
    const direction = m / (1 - beta1Power) / (Math.sqrt(v / (1 - beta2Power)) + epsilon)
    const weight = weights[i]
    weights[i] = weight - learningRate * (direction + decay * weight)
  }
}

/** Linear warm-up to `rate` over `steps` steps; `step` counts from 0. */
export function warmUp(rate: number, step: number, steps: number): number {
  return step + 1 < steps ? (rate * (step + 1)) / steps : rate
}
