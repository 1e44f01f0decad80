import { openWindow } from '../../shared/chain/open-window.ts'
import { readOpening } from '../../shared/chain/read-opening.ts'
import { commitDeadline, windowAt, windowStart } from '../../shared/protocol/schedule.ts'
import type { Validator } from '../validator.ts'

/** Fixes the running window's block hash on chain while the chain still remembers it. */
export async function openRunningWindow({ network }: Validator, block: bigint): Promise<void> {
  const { schedule, chain, log } = network
  const window = windowAt(schedule, block)
  if (window < 0 || block <= windowStart(schedule, window) || block >= commitDeadline(schedule, window))
    return
  if (await readOpening(chain, window)) return
  const { openRound } = await openWindow(chain, window)
  log.info('opened window', { window, openRound })
}
