import type { ChainContext } from './connect.ts'
import { readRoleCount } from './read-role-count.ts'

/** Length of a score row: one weight for every miner uid ever given out. */
export async function readMinerCount(chain: ChainContext): Promise<number> {
  return readRoleCount(chain, 'miner')
}
