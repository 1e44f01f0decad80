import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Hex, isHash, zeroHash } from 'viem'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readPendingPolicies } from '../../shared/chain/read-pending-policies.ts'
import { readPolicy } from '../../shared/chain/read-policy.ts'
import type { Duty } from '../../shared/duty.ts'
import type { Network } from '../../shared/network.ts'
import { windowAt } from '../../shared/protocol/schedule.ts'

/**
 * Policies whose checkpoints stay however old they are: the one in force and as many before it. Deltas in a row,
 * challenges and disputes lead back less far; what is asked for later is fetched again.
 */
export const generationsKept = 40
const longestKeptMs = 7 * 24 * 3600 * 1000

/**
 * Keeps directories of fetched or written checkpoints from growing for ever. Looks once a window, and asks the chain
 * only where there is more than is kept.
 * @param shelves each holds checkpoints as `{shelf}/{manifestHash}`
 */
export function pruneCheckpoints(network: Network, shelves: readonly string[]): Duty {
  let seen = -1
  return {
    name: 'prune',
    async run(block) {
      const window = windowAt(network.schedule, block)
      if (window < 0 || window === seen) return
      for (const shelf of shelves) await pruneShelf(network, shelf, window)
      seen = window
    },
  }
}

async function pruneShelf(network: Network, shelf: string, window: number): Promise<void> {
  const { clock, log } = network
  const held: string[] = await readdir(shelf).catch(() => [])
  const names = held.filter((name): name is Hex => isHash(name))
  if (names.length <= generationsKept) return
  const needed = await readNeeded(network, window)
  for (const manifestHash of names) {
    if (needed.has(manifestHash)) continue
    const dir = join(shelf, manifestHash)
    const { mtimeMs } = await stat(dir)
    if (clock.nowMs() - mtimeMs < longestKeptMs) continue
    // Under a name that nobody looks at: what is half removed must not be found.
    const leaving = join(shelf, `.${manifestHash}-${randomUUID()}`)
    await rename(dir, leaving)
    await rm(leaving, { recursive: true })
    log.info('removed checkpoint', { manifestHash, shelf })
  }
}

/** In force, announced, and what these came from. */
async function readNeeded({ chain }: Network, window: number): Promise<ReadonlySet<Hex>> {
  const active = await readActivePolicy(chain, window)
  const needed = new Set<Hex>((await readPendingPolicies(chain)).map(({ manifestHash }) => manifestHash))
  for (let hash = active.manifestHash, left = generationsKept; hash !== zeroHash && left >= 0; left--) {
    needed.add(hash)
    hash = (await readPolicy(chain, hash)).parent
  }
  return needed
}
