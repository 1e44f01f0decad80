import fc from 'fast-check'
import { bytesToHex, type Hex } from 'viem'
import type { BundleLimits } from '../../shared/protocol/bundle-limits.ts'
import type { Bundle, Group, Rollout } from '../../shared/protocol/rollout.ts'

export const limits: BundleLimits = {
  rules: { groupSize: 2, maxGroups: 3 },
  maxTokens: 6,
  vocabulary: 300,
}

export const uint32 = fc.nat(2 ** 32 - 1)

export const hexOf = (length: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => bytesToHex(bytes))

const rollouts: fc.Arbitrary<Rollout> = fc
  .array(fc.nat(limits.vocabulary - 1), { minLength: 1, maxLength: limits.maxTokens })
  .chain((tokens) =>
    fc.record({
      tokens: fc.constant(tokens),
      finish: fc.constantFrom('end' as const, 'length' as const),
      reward: fc.nat(1_000_000),
      sketches: fc.int8Array({ minLength: 4 * tokens.length, maxLength: 4 * tokens.length }),
      logProbabilities: fc.float32Array({
        minLength: tokens.length,
        maxLength: tokens.length,
        noNaN: true,
        noDefaultInfinity: true,
      }),
    }),
  )

const groups: fc.Arbitrary<Omit<Group, 'index'>> = fc.record({
  promptHash: hexOf(32),
  rollouts: fc.array(rollouts, { minLength: 2, maxLength: 2 }),
})

/** Bundles within `limits`. */
export const bundles: fc.Arbitrary<Bundle> = fc.record({
  chainId: fc.maxSafeNat(),
  subnet: hexOf(20),
  window: fc.maxSafeNat(),
  miner: uint32,
  policy: hexOf(32),
  groups: fc
    .array(groups, { minLength: 1, maxLength: limits.rules.maxGroups })
    .map((all) => all.map((group, index) => ({ index, ...group }))),
})
