import type { ChainContext } from './connect.ts'
import { type Identity, readEntity } from './read-entity.ts'
import { readRoleCount } from './read-role-count.ts'

/** Every miner that ever registered, in uid order. */
export async function readMiners(chain: ChainContext): Promise<Identity[]> {
  const count = await readRoleCount(chain, 'miner')
  return Promise.all(Array.from({ length: count }, (_, uid) => readEntity(chain, 'miner', uid)))
}
