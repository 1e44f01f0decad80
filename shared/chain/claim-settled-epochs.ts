import type { Network } from '../network.ts'
import { settlementAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import { claimRewards } from './claim-rewards.ts'
import type { ChainContext } from './connect.ts'
import type { Role } from './role.ts'

/** How many settled epochs are looked back at, for a role that was away; older ones are claimed by hand. */
const epochsBack = 8

/** Claims what the latest settled epochs owe to an identity. */
export async function claimSettledEpochs({ chain, log }: Network, role: Role, uid: number): Promise<void> {
  const settled = await readSettledCount(chain)
  const from = Math.max(0, settled - epochsBack)
  const epochs = Array.from({ length: settled - from }, (_, i) => from + i)
  const claimed = await claimRewards(chain, role, uid, epochs)
  if (claimed) log.info('claimed rewards', { role, uid, ...claimed })
}

/** Epochs 0 … count - 1 are settled or voided. */
async function readSettledCount({ publicClient, deployment }: ChainContext): Promise<number> {
  const next = await askChain('read the next epoch to settle', () =>
    publicClient.readContract({
      address: deployment.contracts.settlement,
      abi: settlementAbi,
      functionName: 'nextEpoch',
    }),
  )
  return Number(next)
}
