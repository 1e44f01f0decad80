import { numberToHex, type PublicClient } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { systemClock } from '../../shared/clock.ts'

/** More than this the chain does not take back. */
const mostBlocks = 12n
const lookMs = 50

/**
 * Takes the last blocks back and puts one more in their place, in which nothing happens: what was in them is lost from
 * the pool, too.
 * @param blocks at least so many: a transaction may add one in the last moment
 * @returns how many vanished; 0 where the signal aborted before
 */
export async function reorganise(chain: ChainContext, blocks: number, signal: AbortSignal): Promise<number> {
  const { publicClient } = chain
  let snapshot = await takeSnapshot(chain)
  for (;;) {
    if (signal.aborted) return 0
    const vanishing = (await readBlockNumber(chain)) - snapshot.head
    if (vanishing > mostBlocks) snapshot = await takeSnapshot(chain)
    else if (vanishing >= BigInt(blocks)) break
    await systemClock.sleep(lookMs, signal).catch(() => {})
  }
  const vanished = Number((await readBlockNumber(chain)) - snapshot.head)
  await ask(publicClient, 'evm_revert', [snapshot.id])
  // The node goes back in time as well, or a little ahead; rounds of the beacon must not come to lie in the future.
  const { timestamp } = await publicClient.getBlock()
  const now = BigInt(Math.floor(systemClock.nowMs() / 1000))
  await ask(publicClient, 'evm_setNextBlockTimestamp', [numberToHex(now > timestamp ? now : timestamp)])
  // Another proposer: the same number of empty blocks would be the same blocks.
  const proposer = numberToHex(BigInt(vanished) + now, { size: 20 })
  await ask(publicClient, 'hardhat_setCoinbase', [proposer])
  await ask(publicClient, 'hardhat_mine', [numberToHex(vanished + 1), '0x0'])
  return vanished
}

interface Snapshot {
  readonly id: string
  readonly head: bigint
}

async function takeSnapshot(chain: ChainContext): Promise<Snapshot> {
  const id = await ask<string>(chain.publicClient, 'evm_snapshot', [])
  return { id, head: await readBlockNumber(chain) }
}

function ask<T>(client: PublicClient, method: string, params: readonly string[]): Promise<T> {
  return client.request<{ Method: string; Parameters: readonly string[]; ReturnType: T }>({ method, params })
}
