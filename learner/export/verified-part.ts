import type { Address, Hex } from 'viem'
import { canonicalJson } from '../../model/checkpoint/manifest.ts'
import type { Policy } from '../../model/policy.ts'
import { completionText, deriveChallenge } from '../../shared/protocol/challenge.ts'
import { admitBundle, type Delivery, type RefusedRollout } from '../admit-bundle.ts'
import type { AdmittedGroup } from '../admitted-group.ts'

/** An admitted group with what an engine elsewhere cannot derive: the words, and what a judge needs. */
export interface VerifiedGroup {
  readonly admitted: AdmittedGroup
  readonly prompt: string
  /** Without the end token. */
  readonly completions: readonly string[]
  /** The problem's data as JSON: the environment's own answer is in it. */
  readonly problem: string
}

/** One miner's window: all of its groups, or none and why. */
export interface VerifiedPart {
  readonly environment: string
  readonly sampling: Policy['manifest']['sampling']
  readonly groups: readonly VerifiedGroup[]
  readonly refused: readonly RefusedRollout[]
}

/** One miner's window that somebody offers for export; it is checked only when it is wanted. */
export interface OfferedPart {
  readonly chainId: number
  readonly subnet: Address
  readonly window: number
  readonly miner: number
  /** What the miner committed: which of its possible answers this is. */
  readonly root: Hex
  verify(): Promise<VerifiedPart>
}

/** Admits a bundle in full, as for the network's own learner, and puts it in words. */
export async function verifyPart(policy: Policy, delivery: Delivery): Promise<VerifiedPart> {
  const { groups, refused } = await admitBundle(policy, delivery)
  const { codec, environment, manifest } = policy
  return {
    environment: environment.id,
    sampling: manifest.sampling,
    groups: groups.map((admitted) => {
      const { problem } = deriveChallenge(policy, delivery.windowSeed, admitted.miner, admitted.group)
      return {
        admitted,
        prompt: codec.decode(admitted.prompt),
        completions: admitted.rollouts.map(({ tokens }) =>
          completionText(codec, tokens, manifest.sampling.endToken),
        ),
        problem: canonicalJson(problem.data),
      }
    }),
    refused,
  }
}
