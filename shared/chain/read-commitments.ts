import type { Address, Hex } from 'viem'
import { isCounted } from '../protocol/counted-commitment.ts'
import { epochOf, windowStart } from '../protocol/schedule.ts'
import type { ChainContext } from './connect.ts'
import { readHotKey } from './read-hot-key.ts'
import { readHotKeys } from './read-hot-keys.ts'
import { readOpening } from './read-opening.ts'
import { readRoots } from './read-roots.ts'
import { readRules } from './read-rules.ts'
import { readSchedule } from './read-schedule.ts'
import { readUri } from './read-uri.ts'

/** What bound a miner in a window before the audit beacon existed. */
export interface MinerCommitment {
  readonly minerUid: number
  /** Hot key that signed. */
  readonly miner: Address
  readonly root: Hex
  readonly groups: number
  /** What the rules make of that many groups. */
  readonly rollouts: number
  /** Where the miner says now that its bundle can be fetched: a stranger's text, and the root. */
  readonly uri: string
  readonly block: bigint
}

/** The commitments of a window that count, one per miner at most. */
export async function readCommitments(chain: ChainContext, window: number): Promise<MinerCommitment[]> {
  const before = windowStart(await readSchedule(chain), window) - 1n
  return readCounted(chain, window, await readHotKeys(chain, 'miner', before))
}

/** Null when the miner has none that counts. */
export async function readCommitment(
  chain: ChainContext,
  window: number,
  minerUid: number,
): Promise<MinerCommitment | null> {
  const before = windowStart(await readSchedule(chain), window) - 1n
  const hotKey = await readHotKey(chain, { role: 'miner', uid: minerUid }, before)
  if (hotKey === null) return null
  const [found] = await readCounted(chain, window, new Map([[hotKey, minerUid]]))
  return found ?? null
}

/** @param signers keys that signed before the window, and for whom */
async function readCounted(
  chain: ChainContext,
  window: number,
  signers: ReadonlyMap<Address, number>,
): Promise<MinerCommitment[]> {
  if (signers.size === 0 || !(await readOpening(chain, window))) return []
  const schedule = await readSchedule(chain)
  const rules = await readRules(chain, epochOf(schedule, window))
  const roots = await readRoots(chain, schedule, window, [...signers.keys()])
  const commitments = await Promise.all(
    roots.map(async ({ hotKey, root, groups, block }): Promise<MinerCommitment[]> => {
      const minerUid = signers.get(hotKey)
      if (minerUid === undefined) return []
      const at = await readHotKey(chain, { role: 'miner', uid: minerUid }, block)
      if (!isCounted({ hotKey, groups }, { before: hotKey, at }, rules)) return []
      const uri = `${await readUri(chain, minerUid)}/${root.slice(2)}`
      const rollouts = groups * rules.groupSize
      return [{ minerUid, miner: hotKey, root, groups, rollouts, uri, block }]
    }),
  )
  return commitments.flat()
}
