import { SubnetError } from '../../shared/errors.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'
import type { WeightTensors } from '../architecture/inference-graphs.ts'
import { listTrained, mergeAdapters } from '../architecture/low-rank.ts'
import { sizeOf } from '../architecture/parameters.ts'
import { buildTrainGraph, type Loss } from '../architecture/train-graph.ts'
import type { Engine, EngineTensor, NumericsProfile } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { type AdamWSettings, type AdamWState, applyAdamW, createAdamWState } from '../optimizer/adamw.ts'
import { cutMicroBatches } from './cut-micro-batches.ts'
import { countTokens, packMicroBatch, type TrainingRow } from './micro-batch.ts'

/** Most rows in one run of the train graph. */
const MICRO_BATCH = 16

export interface Gradients {
  /** One per tensor that is trained, in the order of `listTrained`: the trainer's own memory, until it is asked again. */
  readonly tensors: readonly Float32Array[]
  /** Mean over the tokens that count. */
  readonly loss: number
  readonly tokens: number
}

export interface StepReport {
  readonly loss: number
  /** Global norm before clipping. */
  readonly gradientNorm: number
  readonly tokens: number
}

export interface Trainer {
  /**
   * The policy's tensors: being trained, changed in place by `step`; under a rank a new sum of the given ones and
   * what the adapters have come to, made when it is asked for.
   */
  readonly weights: WeightTensors
  /** What moves under a rank: every adapter, since this trainer was opened. */
  readonly adapters: WeightTensors | null
  readonly optimizer: AdamWState
  /** Gradients of the token-mean loss over all rows, from micro-batches added up in the order of the rows. */
  gradients(rows: readonly TrainingRow[], loss: Loss): Promise<Gradients>
  /** Moves the weights against the gradients. @returns their norm; when it is not finite nothing has changed */
  apply(found: Gradients, settings: AdamWSettings): number
  /**
   * One optimiser step: `gradients`, then `apply`.
   * @throws SubnetError TRAINING_DIVERGED when the loss or a gradient is not finite; nothing has changed then
   */
  step(rows: readonly TrainingRow[], loss: Loss, settings: AdamWSettings): Promise<StepReport>
  close(): Promise<void>
}

/**
 * A trainer on one thread: weights are inputs of the train graph, and the engines add up a small product of inputs in
 * another order when threads share it. Seen with two threads at three rows and fewer, not at six.
 *
 * Works on a private copy of what it changes; pass `optimizer` to continue a run: it is changed in place.
 * @throws SubnetError ENGINE_THREADS_FIXED under `exact` in a process whose WebAssembly engine has more threads
 */
export async function openTrainer(
  config: ArchitectureConfig,
  tensors: WeightTensors,
  options: {
    readonly profile: NumericsProfile
    readonly temperature: number
    readonly optimizer?: AdamWState
    readonly microBatchRows?: number
    /** Of adapters; without it every parameter is trained. */
    readonly rank?: number
  },
): Promise<Trainer> {
  const { microBatchRows = MICRO_BATCH, rank = null } = options
  const specs = listTrained(config, rank)
  const trained = new Map(
    specs.map(({ name, shape }) => [name, { shape, data: beginningOf(name, shape, tensors, rank) }]),
  )
  const ordered = [...trained.values()].map(({ data }) => data)
  const decays = specs.map(({ kind }) => kind === 'matrix')
  const optimizer =
    options.optimizer ??
    createAdamWState(
      specs.map(({ shape }) => sizeOf(shape)),
      rank,
    )
  const outputs = ['loss', ...specs.map(({ name }) => `gradient.${name}`)]
  // Sums, and one micro-batch's gradients: at the same place in every step.
  const [sums, addends] = [0, 1].map(() => ordered.map((data) => new Float32Array(data.length)))
  const received = Object.fromEntries(
    specs.map(({ name, shape }, k) => [`gradient.${name}`, { shape, data: addends[k] }]),
  )
  const engines = new Map<string, Promise<Engine>>()

  function engineFor(loss: Loss): Promise<Engine> {
    const key = JSON.stringify(loss)
    const opened =
      engines.get(key) ??
      openEngine(options.profile, buildTrainGraph(config, options.temperature, loss, 'float32', rank), {
        frugal: true,
        threads: 1,
      })
    engines.set(key, opened)
    return opened
  }

  async function gradients(rows: readonly TrainingRow[], loss: Loss): Promise<Gradients> {
    const engine = await engineFor(loss)
    const tokens = countTokens(rows)
    for (const sum of sums) sum.fill(0)
    let total = 0
    for (const part of cutMicroBatches(rows, config, microBatchRows)) {
      const batch = packMicroBatch(part, config.context, tokens, loss)
      const inputs: Record<string, EngineTensor> = {
        ...Object.fromEntries(tensors),
        ...Object.fromEntries(trained),
        ...batch,
      }
      const { loss: partial } = await engine.run(inputs, outputs, received)
      total += partial.data[0] as number
      specs.forEach((_, k) => {
        addInto(sums[k], addends[k])
      })
    }
    return { tensors: sums, loss: total, tokens }
  }

  function apply({ loss, tensors: gradients }: Gradients, settings: AdamWSettings): number {
    return Number.isFinite(loss) ? applyAdamW(ordered, gradients, decays, optimizer, settings) : NaN
  }

  return {
    get weights() {
      return rank === null ? trained : mergeAdapters(tensors, trained)
    },
    adapters: rank === null ? null : trained,
    optimizer,
    gradients,
    apply,
    async step(rows, loss, settings) {
      const found = await gradients(rows, loss)
      const gradientNorm = apply(found, settings)
      if (!Number.isFinite(gradientNorm)) {
        throw new SubnetError(
          'TRAINING_DIVERGED',
          `Step ${optimizer.step + 1}: loss ${found.loss}, gradient norm ${gradientNorm}. The weights were left ` +
            'as they were; lower the learning rate or look at the rows.',
          { details: { step: optimizer.step + 1, loss: found.loss } },
        )
      }
      return { loss: found.loss, gradientNorm, tokens: found.tokens }
    },
    async close() {
      for (const engine of engines.values()) await (await engine).close()
      engines.clear()
    },
  }
}

/** A parameter begins as it is, an adapter at zero. */
function beginningOf(
  name: string,
  shape: readonly number[],
  tensors: WeightTensors,
  rank: number | null,
): Float32Array {
  if (rank !== null) return new Float32Array(sizeOf(shape))
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new TypeError(`no tensor ${name}`)
  return Float32Array.from(tensor.data)
}

function addInto(sum: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += addend[i]
}
