import type { Duty } from '../duty.ts'
import type { Network } from '../network.ts'
import { claimRewards } from './claim-rewards.ts'
import { readNextEpoch } from './read-next-epoch.ts'
import type { Role } from './role.ts'

/** How many settled epochs are looked back at, for a role that was away; older ones are claimed by hand. */
const epochsBack = 8

/** Claims what the latest settled epochs owe to an identity; looks at each epoch until its claim went through. */
export function claimSettledEpochs({ chain, log }: Network, role: Role, uid: number): Duty {
  let seen = 0
  return {
    name: 'claim',
    async run() {
      const settled = await readNextEpoch(chain)
      if (settled === seen) return
      const from = Math.max(0, settled - epochsBack)
      const epochs = Array.from({ length: settled - from }, (_, i) => from + i)
      const claimed = await claimRewards(chain, role, uid, epochs)
      if (claimed) log.info('claimed rewards', { uid, ...claimed })
      seen = settled
    },
  }
}
