import { type Hex, zeroHash } from 'viem'
import { SubnetError } from '../errors.ts'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readChallenge } from './read-challenge.ts'
import { readIdentity } from './read-identity.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * States under a validator's hot key that the update gives another checkpoint. Nothing is sent when this very
 * objection is on chain, or the policy is rejected without it.
 * @param ownHash manifest hash of what the validator got; the parent's where the record is withheld or no valid update
 * @returns whether nothing can undo it; call again until then
 * @throws SubnetError OBJECTION_CONFLICT when the validator objected with another hash
 */
export async function objectPolicy(chain: ChainContext, manifestHash: Hex, ownHash: Hex): Promise<boolean> {
  const { uid } = await readIdentity(chain, 'validator', signerOf(chain).account.address)
  const known = await readOwnObjection(chain, manifestHash, uid)
  const { policyRegistry } = chain.deployment.contracts
  const intent = { kind: 'object to policy', of: manifestHash }
  if (known === ownHash) return hasLasted(chain, policyRegistry, intent)
  if (known !== zeroHash) {
    throw new SubnetError(
      'OBJECTION_CONFLICT',
      `validator ${uid} has already objected to policy ${manifestHash} with ${known}. Run one process per key.`,
      { details: { uid, manifestHash, known, ownHash } },
    )
  }
  if ((await readChallenge(chain, manifestHash)).rejected) return true
  await sendTransaction(
    chain,
    {
      address: policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'object',
      args: [manifestHash, ownHash],
    },
    intent,
  )
  return hasLasted(chain, policyRegistry, intent)
}

function readOwnObjection(
  { publicClient, deployment }: ChainContext,
  manifestHash: Hex,
  uid: number,
): Promise<Hex> {
  return askChain(`read the objection of validator ${uid}`, () =>
    publicClient.readContract({
      address: deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'objectionOf',
      args: [manifestHash, uid],
    }),
  )
}
