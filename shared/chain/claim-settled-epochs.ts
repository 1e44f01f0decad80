import type { Network } from '../network.ts'
import { claimRewards } from './claim-rewards.ts'
import { readNextEpoch } from './read-next-epoch.ts'
import type { Role } from './role.ts'

/** How many settled epochs are looked back at, for a role that was away; older ones are claimed by hand. */
const epochsBack = 8

/** Claims what the latest settled epochs owe to an identity. */
export async function claimSettledEpochs({ chain, log }: Network, role: Role, uid: number): Promise<void> {
  const settled = await readNextEpoch(chain)
  const from = Math.max(0, settled - epochsBack)
  const epochs = Array.from({ length: settled - from }, (_, i) => from + i)
  const claimed = await claimRewards(chain, role, uid, epochs)
  if (claimed) log.info('claimed rewards', { uid, ...claimed })
}
