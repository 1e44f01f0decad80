import { announceUri } from '../shared/chain/announce-uri.ts'
import type { Duty } from '../shared/duty.ts'
import { windowAt } from '../shared/protocol/schedule.ts'
import type { Miner } from './mine-window.ts'

/** Says where bundles lie before the first is committed, and again where the chain says otherwise; looks once a window. */
export function announceBundles({ network, uid, publicUrl }: Miner): Duty {
  let announced = -1
  return {
    name: 'announce',
    async run(block) {
      const { chain, schedule, log } = network
      const window = windowAt(schedule, block)
      if (window < 0 || window === announced) return
      if (await announceUri(chain, uid, publicUrl, window)) log.info('announced bundles', { publicUrl })
      announced = window
    },
  }
}
