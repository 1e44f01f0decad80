import { custom, InvalidParamsRpcError, LimitExceededRpcError } from 'viem'
import { describe, expect, it } from 'vitest'
import { createClients } from '../../../../shared/chain/connect.ts'
import { type BlockRange, readPages } from '../../../../shared/chain/read-pages.ts'

const chain = createClients({
  transport: custom({ request: async () => '0x4e20' }, { retryCount: 0 }),
  chainId: 1,
})
const head = 20_000n

/** One event in every hundredth block, from an endpoint that answers so many blocks at most. */
function endpoint(
  most: bigint,
  refuse = () => new LimitExceededRpcError(new Error('block range too large')),
) {
  const asked: BlockRange[] = []
  const read = async (page: BlockRange) => {
    asked.push(page)
    if (page.toBlock - page.fromBlock >= most) throw refuse()
    const events: bigint[] = []
    for (let block = page.fromBlock; block <= page.toBlock; block++)
      if (block % 100n === 0n) events.push(block)
    return events
  }
  return { asked, read }
}

const every100th = (from: bigint, to: bigint) =>
  Array.from({ length: Number(to / 100n - from / 100n) + 1 }, (_, i) => from + BigInt(i) * 100n)

describe('readPages', () => {
  it('reads every block to the head once, in bounded ranges', async () => {
    const { asked, read } = endpoint(5_000n)
    expect(await readPages(chain, { fromBlock: 100n }, read)).toEqual(every100th(100n, head))
    expect(asked.map(({ fromBlock }) => fromBlock)).toEqual([100n, 5_100n, 10_100n, 15_100n])
    expect(asked.at(-1)?.toBlock).toBe(head)
  })

  it('asks an endpoint that refuses the range for less, and loses nothing', async () => {
    for (const refuse of [
      () => new LimitExceededRpcError(new Error('limit')),
      () => new InvalidParamsRpcError(new Error('eth_getLogs is limited to a 500 block range')),
    ]) {
      const { asked, read } = endpoint(500n, refuse)
      expect(await readPages(chain, { fromBlock: 0n, toBlock: 2_000n }, read)).toEqual(every100th(0n, 2_000n))
      expect(asked.slice(0, 3).map(({ toBlock }) => toBlock)).toEqual([2_000n, 1_249n, 311n])
    }
  })

  it('gives up on an endpoint that allows next to nothing, and on any other failure at once', async () => {
    const stingy = endpoint(1n)
    await expect(readPages(chain, { fromBlock: 0n }, stingy.read)).rejects.toThrow(LimitExceededRpcError)
    expect(stingy.asked.length).toBeLessThan(8)
    const broken = endpoint(1n, () => new TypeError('a defect') as never)
    await expect(readPages(chain, { fromBlock: 0n }, broken.read)).rejects.toThrow('a defect')
    expect(broken.asked.length).toBe(1)
  })

  it('stops as soon as there is enough, and asks nothing of an empty range', async () => {
    const { asked, read } = endpoint(5_000n)
    await readPages(chain, { fromBlock: 0n }, read, (events) => events.length > 60)
    expect(asked.length).toBe(2)
    expect(await readPages(chain, { fromBlock: head + 1n }, read)).toEqual([])
    expect(asked.length).toBe(2)
  })
})
