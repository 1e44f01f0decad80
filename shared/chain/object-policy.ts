import { type Hex, zeroHash } from 'viem'
import { SubnetError } from '../errors.ts'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readChallenge } from './read-challenge.ts'
import { readIdentity } from './read-identity.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * States under a validator's hot key that the update gives another checkpoint. Nothing is sent when this very
 * objection is on chain, or the policy is rejected without it.
 * @param ownHash manifest hash of what the validator got; the parent's where the record is withheld or no valid update
 * @throws SubnetError OBJECTION_CONFLICT when the validator objected with another hash
 */
export async function objectPolicy(chain: ChainContext, manifestHash: Hex, ownHash: Hex): Promise<void> {
  const { uid } = await readIdentity(chain, 'validator', signerOf(chain).account.address)
  const known = await readOwnObjection(chain, manifestHash, uid)
  if (known === ownHash) return
  if (known !== zeroHash) {
    throw new SubnetError(
      'OBJECTION_CONFLICT',
      `validator ${uid} has already objected to policy ${manifestHash} with ${known}. Run one process per key.`,
      { details: { uid, manifestHash, known, ownHash } },
    )
  }
  if ((await readChallenge(chain, manifestHash)).rejected) return
  await sendTransaction(chain, {
    address: chain.deployment.contracts.policyRegistry,
    abi: policyRegistryAbi,
    functionName: 'object',
    args: [manifestHash, ownHash],
  })
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
