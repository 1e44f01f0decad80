import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import { SubnetError } from '../errors.ts'
import { policyRegistryAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { findPolicy } from './find-policy.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readChallenge } from './read-challenge.ts'
import type { PublishedPolicy } from './read-policy.ts'
import { type AnyCall, sendTransaction } from './send-transaction.ts'

/**
 * Announces a checkpoint under the learner's key. Nothing is sent when exactly this announcement is on chain.
 * @returns whether its block is so deep that it cannot vanish; call again until it is
 * @throws SubnetError POLICY_CONFLICT when the same manifest was announced with other terms; POLICY_REJECTED when it
 *   was announced, and validators stopped it
 */
export async function publishPolicy(chain: ChainContext, policy: PublishedPolicy): Promise<boolean> {
  const { manifestHash } = policy
  for (const call of await publishPolicyCalls(chain, policy)) {
    await sendTransaction(chain, call, publication(manifestHash))
  }
  return isPublishedForGood(chain, manifestHash)
}

/** What `publishPolicy` sends. @throws SubnetError POLICY_CONFLICT, POLICY_REJECTED */
export async function publishPolicyCalls(chain: ChainContext, policy: PublishedPolicy): Promise<AnyCall[]> {
  const { manifestHash, parent, recordHash, environmentId, environmentHash, activationWindow, uri } = policy
  const known = await findPolicy(chain, manifestHash)
  if (known && isDeepStrictEqual(known, policy)) {
    await requireNotRejected(chain, manifestHash)
    return []
  }
  if (known) {
    throw new SubnetError(
      'POLICY_CONFLICT',
      `policy ${manifestHash} is already published with other terms; a manifest can be announced once`,
      { details: { known, policy } },
    )
  }
  return [
    {
      address: chain.deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'publish',
      args: [manifestHash, parent, recordHash, environmentId, environmentHash, BigInt(activationWindow), uri],
    },
  ]
}

export function isPublishedForGood(chain: ChainContext, manifestHash: Hex): boolean {
  return hasLasted(chain, chain.deployment.contracts.policyRegistry, publication(manifestHash))
}

function publication(manifestHash: Hex) {
  return { kind: 'publish policy', of: manifestHash }
}

async function requireNotRejected(chain: ChainContext, manifestHash: Hex): Promise<void> {
  if (!(await readChallenge(chain, manifestHash)).rejected) return
  throw new SubnetError(
    'POLICY_REJECTED',
    `validators rejected policy ${manifestHash}, or what it was built on. Train from the latest one that stands.`,
    { details: { manifestHash } },
  )
}
