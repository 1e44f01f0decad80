import { type Hex, keccak256, stringToBytes } from 'viem'
import { type AskedPolicy, deriveChallenge } from '../../shared/protocol/challenge.ts'
import type { Distribution } from '../../shared/protocol/distribution.ts'
import { owedToken, samplingUniforms } from '../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../shared/protocol/seed.ts'
import { sketchSigns } from '../../shared/protocol/sketch.ts'
import { type Checkpoint, deriveCheckpoint } from '../checkpoint/checkpoint.ts'
import { numericsOf } from '../checkpoint/numerics.ts'
import type { Device } from '../engine/engine.ts'
import { nativeKernelClass } from '../engine/kernel-class.ts'
import { openSession } from '../runtime/open-session.ts'
import type { PolicySession, TeacherForced } from '../session.ts'
import { type Candidate, type CandidateSpec, candidatesOn } from './candidates.ts'
import type { Corpus, Measurement } from './corpus.ts'
import { compareDistributions, DEVIATIONS, type Position } from './deviations.ts'
import { createTally, type Tally } from './histogram.ts'

/** Rollouts whose reference distributions are held at once. */
const BATCH = 64

export interface CalibrationOptions {
  readonly checkpoint: Checkpoint
  /** How challenges are made of the checkpoint; its session is not used. */
  readonly asked: Omit<AskedPolicy, 'session' | 'manifest'>
  /** Whose native kernels the measurement is of. */
  readonly device: Device
  /** At least so many positions are compared. */
  readonly positions: number
  readonly seed: number
  readonly machine: Measurement['machine']
  readonly onProgress: (done: number) => void
}

/**
 * Rollouts that the policy owes under the portable kernels, shown to every candidate position by position. The
 * same seed shows the same tokens on every machine, so that corpora of different machines can be put together. The
 * sketch step is the fast profile's in this build, whatever the checkpoint's manifest was made with.
 */
export async function calibrate(options: CalibrationOptions): Promise<Corpus> {
  const { checkpoint, device, positions, seed, machine, onProgress } = options
  const { manifest } = deriveCheckpoint(checkpoint, { profile: 'exact' })
  const { weights, graphs, runtime, numerics } = manifest
  const { sketchStep } = numericsOf('fast').numerics
  const windowSeed = keccak256(stringToBytes(`calibration/${seed}`))
  const reference = await openSession(checkpoint, 'exact')
  const running = await Promise.all(candidatesOn(device).map((spec) => startCandidate(spec, checkpoint)))
  let done = 0
  for (let group = 0; done < positions; group += BATCH) {
    const rows = await answer({ ...options, reference, windowSeed, sketchStep }, group)
    for (const { candidate, tallies } of running) {
      await candidate.score(rows, (row, step, at) => {
        const { reference, position } = rows[row].at[step]
        const deviations = compareDistributions(reference, at, position)
        for (const name of DEVIATIONS) tallies[name].add(deviations[name])
      })
    }
    done += rows.reduce((sum, { completion }) => sum + completion.length, 0)
    onProgress(done)
  }
  await reference.close()
  for (const { candidate } of running) await candidate.close()
  const measurement: Measurement = {
    kernels: await nativeKernelClass(device),
    machine,
    seed,
    positions: done,
    candidates: running.map(({ spec: { name, kind }, tallies }) => ({
      name,
      kind,
      deviations: mapDeviations((deviation) => {
        const { bins, ...rest } = tallies[deviation].histogram()
        return { ...rest, bins: bins.map(([edge, count]): [number, number] => [edge, count]) }
      }),
    })),
  }
  return {
    version: 1,
    policy: { weights, graphs },
    reference: `${runtime}, ${numerics.kernels}`,
    sketchStep,
    measurements: [measurement],
  }
}

interface RunningCandidate {
  readonly spec: CandidateSpec
  readonly candidate: Candidate
  readonly tallies: Readonly<Record<(typeof DEVIATIONS)[number], Tally>>
}

async function startCandidate(spec: CandidateSpec, checkpoint: Checkpoint): Promise<RunningCandidate> {
  return { spec, candidate: await spec.open(checkpoint), tallies: mapDeviations(createTally) }
}

function mapDeviations<Value>(give: (name: (typeof DEVIATIONS)[number]) => Value) {
  return Object.fromEntries(DEVIATIONS.map((name) => [name, give(name)])) as Record<
    (typeof DEVIATIONS)[number],
    Value
  >
}

/** A rollout with what the reference says at each of its positions. */
interface ReferenceRow extends TeacherForced {
  readonly at: readonly { readonly reference: Distribution; readonly position: Position }[]
}

interface BatchOptions extends CalibrationOptions {
  readonly reference: PolicySession
  readonly windowSeed: Hex
  readonly sketchStep: number
}

/** One rollout for each of `BATCH` challenges, from challenge `first` on. */
async function answer(
  { checkpoint, asked, reference, windowSeed, sketchStep }: BatchOptions,
  first: number,
): Promise<ReferenceRow[]> {
  const { sampling } = checkpoint.manifest
  const policy = { ...asked, session: reference, manifest: checkpoint.manifest }
  const groups = Array.from({ length: BATCH }, (_, i) => first + i)
  const prompts = groups.map((group) => deriveChallenge(policy, windowSeed, 0, group).prompt)
  const uniforms = groups.map((group) => samplingUniforms(windowSeed, 0, group, 0, sampling.maxTokens))
  const seen: Distribution[][] = groups.map(() => [])
  const completions = await reference.generate(prompts, sampling, (row, step, at) => {
    seen[row].push({
      logits: at.logits.slice(),
      probabilities: at.probabilities.slice(),
      logProbabilities: at.logProbabilities.slice(),
    })
    return owedToken(at.probabilities, uniforms[row][step])
  })
  return completions.map((completion, row) => {
    const signSeed = tokenBoundSeed('sketch', windowSeed, hashTokens(completion), 0, groups[row], 0)
    const at = completion.map((token, step) => ({
      reference: seen[row][step],
      position: {
        uniform: uniforms[row][step],
        token,
        signs: sketchSigns(signSeed, step, reference.vocabulary),
        sketchStep,
      },
    }))
    return { prompt: prompts[row], completion, at }
  })
}
