import { subnetGovernorAbi } from '../abi.ts'
import { askChain } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'

/** Of all proposals, newest first, at most `most`. */
export async function readProposalIds(chain: ChainContext, most: number): Promise<bigint[]> {
  const governor = { address: chain.deployment.contracts.governor, abi: subnetGovernorAbi } as const
  const { publicClient } = chain
  return askChain('list the proposals', async () => {
    const count = Number(await publicClient.readContract({ ...governor, functionName: 'proposalCount' }))
    const indexes = Array.from({ length: Math.min(count, most) }, (_, i) => BigInt(count - 1 - i))
    const details = await Promise.all(
      indexes.map((index) =>
        publicClient.readContract({ ...governor, functionName: 'proposalDetailsAt', args: [index] }),
      ),
    )
    return details.map(([id]) => id)
  })
}
