import type { Address } from 'viem'
import { subnetTokenAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import type { AnyCall } from './send-transaction.ts'

/** Lets the stake registry take exactly what it is to take; nothing where it may already. */
export async function approveCalls(chain: ChainContext, owner: Address, amount: bigint): Promise<AnyCall[]> {
  const { token, stakeRegistry } = chain.deployment.contracts
  const allowed = await askChain('read the allowance', () =>
    chain.publicClient.readContract({
      address: token,
      abi: subnetTokenAbi,
      functionName: 'allowance',
      args: [owner, stakeRegistry],
    }),
  )
  if (allowed >= amount) return []
  return [{ address: token, abi: subnetTokenAbi, functionName: 'approve', args: [stakeRegistry, amount] }]
}
