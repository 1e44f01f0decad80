import { type Sketch, sketchSigns } from '../../shared/protocol/sketch.ts'
import { deriveCheckpoint } from '../checkpoint/checkpoint.ts'
import type { Device } from '../engine/engine.ts'
import { nativeKernelClass } from '../engine/kernel-class.ts'
import { type CandidateSpec, candidatesOn } from './candidates.ts'
import type { Corpus, Measurement } from './corpus.ts'
import { compareLooks, DEVIATIONS, type DeviationName, lookAt, sketchDeviation } from './deviations.ts'
import { createTally, type Tally } from './histogram.ts'
import { answerAsReference, type ReferenceOptions, type ReferenceRow, rowsAtOnce } from './reference.ts'
import { supportedStep } from './support.ts'

export interface CalibrationOptions extends ReferenceOptions {
  /** Whose native kernels the measurement is of. */
  readonly device: Device
  /** Of the step that the stale impostor is behind. */
  readonly learningRate: number
  /** Quantum of the sketches; null: the one that this machine's honest drift supports. */
  readonly sketchStep: number | null
  readonly machine: Measurement['machine']
  /** @param who the reference or a candidate, with the positions that it has seen */
  readonly onProgress: (who: string, done: number) => void
}

/**
 * Rollouts that the policy owes under the portable kernels, shown to every candidate position by position. The
 * same seed shows the same tokens on every machine, so that corpora of different machines can be put together.
 *
 * One engine is open at a time. Held throughout: V float32 for each position of the reference.
 */
export async function calibrate(options: CalibrationOptions): Promise<Corpus> {
  const { checkpoint, device, learningRate, seed, machine, onProgress } = options
  const { manifest } = deriveCheckpoint(checkpoint, { profile: 'exact' })
  const { weights, graphs, runtime, numerics } = manifest
  const rows = await answerAsReference(options, (done) => onProgress('reference', done))
  const seen: Seen[] = []
  for (const spec of candidatesOn(device, learningRate)) {
    seen.push(await show(options, spec, rows))
  }
  const { vocabulary } = checkpoint.config
  const sketchStep = options.sketchStep ?? supportedStep(largestDrift(seen))
  const measurement: Measurement = {
    kernels: await nativeKernelClass(device),
    machine,
    seed,
    positions: rows.reduce((sum, { at }) => sum + at.length, 0),
    candidates: seen.map(({ spec: { name, kind }, tallies, projections }) => {
      for (const [reference, other] of projections) {
        tallies.sketch.add(sketchDeviation(reference, other, vocabulary, sketchStep))
      }
      return { name, kind, deviations: mapDeviations((deviation) => histogramOf(tallies[deviation])) }
    }),
  }
  return {
    version: 1,
    policy: { weights, graphs },
    reference: `${runtime}, ${numerics.kernels}`,
    sketchStep,
    measurements: [measurement],
  }
}

/** What one candidate made of the rows. Sketches wait for their step, which honest drift decides. */
interface Seen {
  readonly spec: CandidateSpec
  readonly tallies: Readonly<Record<DeviationName, Tally>>
  readonly projections: readonly (readonly [reference: Sketch, other: Sketch])[]
}

async function show(
  { checkpoint, onProgress }: CalibrationOptions,
  spec: CandidateSpec,
  rows: readonly ReferenceRow[],
): Promise<Seen> {
  const tallies = mapDeviations(createTally)
  const projections: (readonly [Sketch, Sketch])[] = []
  const shown = rows.filter((_, row) => row % (spec.every ?? 1) === 0)
  const size = rowsAtOnce(checkpoint.config)
  const candidate = await spec.open(checkpoint)
  try {
    for (let from = 0; from < shown.length; from += size) {
      const batch = shown.slice(from, from + size)
      await candidate.score(batch, (row, step, distribution) => {
        const { at, completion, signSeed } = batch[row]
        const signs = sketchSigns(signSeed, step, checkpoint.config.vocabulary)
        const look = lookAt(distribution, completion[step], signs)
        const deviations = compareLooks(at[step], look, at[step].uniform)
        for (const [name, deviation] of Object.entries(deviations))
          tallies[name as DeviationName].add(deviation)
        projections.push([at[step].projections, look.projections])
      })
      onProgress(spec.name, projections.length)
    }
  } finally {
    await candidate.close()
  }
  return { spec, tallies, projections }
}

function largestDrift(seen: readonly Seen[]): number {
  const honest = seen.filter(({ spec }) => spec.kind === 'honest')
  return Math.max(...honest.map(({ tallies }) => tallies.projection.histogram().largest))
}

function mapDeviations<Value>(give: (name: DeviationName) => Value) {
  return Object.fromEntries(DEVIATIONS.map((name) => [name, give(name)])) as Record<DeviationName, Value>
}

function histogramOf(tally: Tally) {
  const { bins, ...rest } = tally.histogram()
  return { ...rest, bins: bins.map(([edge, count]): [number, number] => [edge, count]) }
}
