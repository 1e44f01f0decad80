import { readHotKey } from '../shared/chain/read-hot-key.ts'
import { signerOf } from '../shared/chain/send-transaction.ts'
import type { Duty } from '../shared/duty.ts'
import { commitDeadline, windowAt, windowStart } from '../shared/protocol/schedule.ts'
import { type Miner, mineWindow } from './mine-window.ts'

/** Answers the window that is open, after whatever is unsettled of earlier ones. */
export function mine(miner: Miner): Duty {
  const { schedule, log } = miner.network
  let skipped = -1
  return {
    name: 'mine',
    async run(block) {
      const window = windowAt(schedule, block)
      for (const earlier of miner.journal.unsettled()) {
        if (earlier < window) await mineWindow(miner, earlier)
      }
      if (window < 0 || block <= windowStart(schedule, window)) return
      const known = miner.journal.find(window)
      if (known?.state !== 'prepared' && (known || block >= commitDeadline(schedule, window))) return
      if (await signedBefore(miner, window)) return mineWindow(miner, window)
      if (skipped !== window) log.info('skipped window', { window, why: 'the hot key is newer than it' })
      skipped = window
    },
  }
}

/** A commitment of a key that did not sign before the window counts for nobody. */
async function signedBefore({ network, uid }: Miner, window: number): Promise<boolean> {
  const { chain, schedule } = network
  const key = await readHotKey(chain, { role: 'miner', uid }, windowStart(schedule, window) - 1n)
  return key === signerOf(chain).account.address
}
