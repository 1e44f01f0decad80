import { type Checkpoint, createCheckpoint } from '../checkpoint/checkpoint.ts'
import { numericsOf } from '../checkpoint/numerics.ts'
import type { Device, NumericsProfile } from '../engine/engine.ts'
import { openSession } from '../runtime/open-session.ts'
import type { PolicySession, TeacherForced } from '../session.ts'
import { quantise, roundToHalf } from './changed-weights.ts'
import { openOrdinaryDecoder } from './ordinary-decode.ts'
import { stepAway } from './step-away.ts'

/** Something that claims to be the policy, and gives its distributions at the positions it is shown. */
export type Candidate = Pick<PolicySession, 'score' | 'close'>

/**
 * `honest` computes the policy's function of the policy's weights and must be accepted. `impostor` runs other
 * weights and must be told. `border` lies between: weights rounded to half precision, the mildest impostor.
 */
export type Kind = 'honest' | 'border' | 'impostor'

export interface CandidateSpec {
  readonly name: string
  readonly kind: Kind
  /** It sees one row in so many; every one unless it says so. */
  readonly every?: number
  open(policy: Checkpoint): Promise<Candidate>
}

const HONEST: readonly CandidateSpec[] = [
  { name: 'native, scored', kind: 'honest', open: (policy) => openSession(policy, 'fast') },
  { name: 'native, scored on two threads', kind: 'honest', open: openOnTwoThreads },
  { name: 'native, scored one row at a time', kind: 'honest', open: openOneRowAtATime },
  { name: 'native, decoded by the exactness rules', kind: 'honest', open: (policy) => openDecoder(policy) },
  { name: 'native, ordinary decoding', kind: 'honest', open: (policy) => openOrdinary(policy, 'fast') },
  {
    name: 'portable, ordinary decoding',
    kind: 'honest',
    // Every token copies all weights into the engine, since they are inputs: too slow for every row of a large policy.
    every: 4,
    open: (policy) => openOrdinary(policy, 'exact'),
  },
]

const OTHERS: readonly CandidateSpec[] = [
  { name: 'fp16 weights', kind: 'border', open: (policy) => openWith(policy, roundToHalf(policy.weights)) },
  { name: 'int8 weights', kind: 'impostor', open: (policy) => openWith(policy, quantise(policy.weights, 8)) },
  {
    name: 'int4 weights, blocks of 32',
    kind: 'impostor',
    open: (policy) => openWith(policy, quantise(policy.weights, 4, 32)),
  },
  { name: 'without its last layer', kind: 'impostor', open: openWithoutLastLayer },
]

/**
 * Everybody on the CPU, and beside them this program's own ways on another device.
 * @param learningRate of the step that the stale impostor is behind
 */
export function candidatesOn(device: Device, learningRate: number): readonly CandidateSpec[] {
  const stale: CandidateSpec = {
    name: `one step stale, learning rate ${learningRate}`,
    kind: 'impostor',
    open: async (policy) => openWith(policy, await stepAway(policy, learningRate)),
  }
  const everybody = [...HONEST, stale, ...OTHERS]
  if (device === 'cpu') return everybody
  const own: readonly CandidateSpec[] = [
    { name: `${device}, scored`, kind: 'honest', open: (policy) => openSession(policy, 'fast', { device }) },
    {
      name: `${device}, decoded by the exactness rules`,
      kind: 'honest',
      open: (policy) => openDecoder(policy, device),
    },
  ]
  return [...own, ...everybody]
}

async function openOnTwoThreads(policy: Checkpoint): Promise<Candidate> {
  return openSession(policy, 'fast', { threads: 2 })
}

async function openOneRowAtATime(policy: Checkpoint): Promise<Candidate> {
  const session = await openSession(policy, 'fast')
  return {
    async score(rows, visit) {
      for (const [index, row] of rows.entries())
        await session.score([row], (_, step, at) => visit(index, step, at))
    },
    close: () => session.close(),
  }
}

/** The miner's own way: all rows in one ragged batch, made to say what the rows hold. */
async function openDecoder(policy: Checkpoint, device: Device = 'cpu'): Promise<Candidate> {
  const session = await openSession(policy, 'fast', { device })
  const { maxTokens, endToken } = policy.manifest.sampling
  return {
    async score(rows, visit) {
      const prompts = rows.map(({ prompt }) => prompt)
      await session.generate(prompts, { maxTokens, endToken }, (row, step, at) => {
        visit(row, step, at)
        return (rows[row] as TeacherForced).completion[step]
      })
    },
    close: () => session.close(),
  }
}

function openOrdinary(
  { config, weights, manifest }: Checkpoint,
  profile: NumericsProfile,
): Promise<Candidate> {
  return openOrdinaryDecoder(config, weights, manifest.sampling.temperature, profile)
}

/** Impostors use the native kernels: what a cheat would save is time. */
async function openWith(policy: Checkpoint, weights: Checkpoint['weights'], config = policy.config) {
  const { sampling, environment, parent } = policy.manifest
  const changed = createCheckpoint({
    ...policy,
    config,
    weights,
    sampling,
    environment,
    parent,
    numerics: numericsOf('fast').numerics,
  })
  return openSession(changed, 'fast')
}

/** The cheapest large saving: the layers that are left cost what they cost, the last one costs nothing. */
function openWithoutLastLayer(policy: Checkpoint): Promise<Candidate> {
  const layers = policy.config.layers - 1
  const last = `model.layers.${layers}.`
  const weights = new Map([...policy.weights].filter(([name]) => !name.startsWith(last)))
  return openWith(policy, weights, { ...policy.config, layers })
}
