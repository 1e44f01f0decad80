import type { ProofOrigin } from '../../../bench/peers/examine.ts'
import { keystream } from '../../../shared/protocol/keystream.ts'
import type { Rollout } from '../../../shared/protocol/rollout.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import { alterRollouts } from '../arena/alter.ts'
import type { MinerAttack } from '../arena/attack.ts'

type Forge = Parameters<typeof alterRollouts>[1]

function sketchAttack(name: string, proof: ProofOrigin, forge: Forge): MinerAttack {
  return {
    name,
    kind: 'proof',
    gains: 'skips the sketches',
    caughtBy: 'SKETCH_MISMATCH',
    start: async (ground) => ({ ...alterRollouts(ground, forge), proof }),
  }
}

/** The commitment that a scheme whose modulus never wraps accepts in most rollouts. */
export const zeroSketches = sketchAttack('zero sketches', 'zero', (rollout) => ({
  ...rollout,
  sketches: new Int8Array(rollout.sketches.length),
}))

export const randomSketches = sketchAttack(
  'random sketches',
  'random',
  (rollout, { windowSeed, group, index }) => {
    const bytes = keystream(childSeed('forged sketches', windowSeed, group, index), rollout.sketches.length)
    return { ...rollout, sketches: new Int8Array(bytes) }
  },
)

/** Right for its own tokens, and keyed to other ones. */
export const borrowedSketches = sketchAttack(
  'sketches of another rollout',
  'borrowed',
  (rollout, { index }, { rollouts }) => ({
    ...rollout,
    sketches: fitted(rollouts[(index + 1) % rollouts.length], rollout.sketches.length),
  }),
)

function fitted({ sketches }: Rollout, length: number): Int8Array {
  return Int8Array.from({ length }, (_, i) => sketches[i % sketches.length])
}
