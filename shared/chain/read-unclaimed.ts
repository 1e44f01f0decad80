import { rewardVaultAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Role, roleIndex } from './role.ts'

/** Those of the given epochs that an identity has not been paid for, whether or not they owe it anything. */
export async function readUnclaimed(
  { publicClient, deployment }: ChainContext,
  role: Role,
  uid: number,
  epochs: readonly number[],
): Promise<number[]> {
  const claimed = await askChain(`read the claims of ${role} ${uid}`, () =>
    Promise.all(
      epochs.map((epoch) =>
        publicClient.readContract({
          address: deployment.contracts.rewardVault,
          abi: rewardVaultAbi,
          functionName: 'isClaimed',
          args: [BigInt(epoch), roleIndex(role), uid],
        }),
      ),
    ),
  )
  return epochs.filter((_, i) => !claimed[i])
}
