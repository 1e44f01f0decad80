import type { HiddenSession } from '../../model/runtime/open-hidden-session.ts'
import { keystream } from '../../shared/protocol/keystream.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import type { ExaminedRollout, ForwardPass, PeerCase, Position } from './peer-rule.ts'

/**
 * Where the hidden states behind a proof come from: the model that the miner ran, nothing at all, noise, or the
 * next rollout of the same submission.
 */
export type ProofOrigin = 'computed' | 'zero' | 'random' | 'borrowed'

export interface ExaminedModels {
  readonly owed: HiddenSession
  /** The model that the miner really ran over its tokens; `owed` where it is the owed one. */
  readonly run: HiddenSession
  readonly proof: ProofOrigin
}

/** One pass of each model over all rollouts, kept for every rule: they all judge the same numbers. */
export async function examineRollouts(
  cases: readonly PeerCase[],
  { owed, run, proof }: ExaminedModels,
): Promise<ExaminedRollout[]> {
  const verifier = await passOver(owed, cases)
  const prover = run === owed ? verifier : await passOver(run, cases)
  return cases.map((submitted, i) => ({
    ...submitted,
    verifier: verifier[i],
    prover: prover[i],
    activations: activationsOf(submitted, prover, i, proof),
  }))
}

async function passOver(session: HiddenSession, cases: readonly PeerCase[]): Promise<ForwardPass[]> {
  const positions: Position[][] = cases.map(() => [])
  await session.inspect(
    cases.map(({ prompt, rollout }) => ({ prompt, completion: rollout.tokens })),
    (row, _step, { logits, probabilities, logProbabilities, hidden }) => {
      positions[row].push({
        logits: logits.slice(),
        probabilities: probabilities.slice(),
        logProbabilities: logProbabilities.slice(),
        hidden: hidden.slice(),
      })
    },
  )
  return positions.map((rows) => ({ temperature: session.temperature, positions: rows }))
}

function activationsOf(
  submitted: PeerCase,
  prover: readonly ForwardPass[],
  i: number,
  proof: ProofOrigin,
): readonly Float32Array[] {
  const own = prover[i].positions.map(({ hidden }) => hidden)
  if (proof === 'computed') return own
  if (proof === 'zero') return own.map((hidden) => new Float32Array(hidden.length))
  if (proof === 'random') return own.map((hidden, step) => noise(submitted, step, hidden.length))
  const other = prover[(i + 1) % prover.length].positions
  return own.map((_, step) => other[step % other.length].hidden)
}

/** Uniform in ±2, about as large as normalised activations are. */
function noise({ windowSeed, group, index }: PeerCase, step: number, width: number): Float32Array {
  const bytes = keystream(childSeed('forged activations', windowSeed, group, index, step), width)
  return Float32Array.from(bytes, (byte) => (byte - 127.5) / 64)
}
