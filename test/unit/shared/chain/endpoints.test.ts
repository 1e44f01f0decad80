import { numberToHex } from 'viem'
import { afterEach, describe, expect, it } from 'vitest'
import { createClients, openChain } from '../../../../shared/chain/connect.ts'
import { type EndpointCall, openEndpoints } from '../../../../shared/chain/endpoints.ts'
import { type Endpoint, startEndpoint } from '../../../helpers/hostile-endpoint.ts'

const chainId = 31_337
const endpoints: Endpoint[] = []
afterEach(() => Promise.all(endpoints.splice(0).map(({ close }) => close())))

interface Fake extends Endpoint {
  chainId: number
  head: number
  balance: number
  readonly asked: string[]
}

/** A node that knows its chain, its head and one balance. */
async function node(head: number, balance: number): Promise<Fake> {
  const endpoint = await startEndpoint()
  endpoints.push(endpoint)
  const fake: Fake = Object.assign(endpoint, { chainId, head, balance, asked: [] })
  fake.answer = ({ method }) => {
    fake.asked.push(method)
    if (method === 'eth_chainId') return { reply: { result: numberToHex(fake.chainId) } }
    if (method === 'eth_blockNumber') return { reply: { result: numberToHex(fake.head) } }
    if (method === 'eth_getBalance') return { reply: { result: numberToHex(fake.balance) } }
    return { reply: { error: { code: -32_000, message: 'already known' } } }
  }
  return fake
}

function open(...nodes: Fake[]) {
  const calls: EndpointCall[] = []
  const opened = openEndpoints({
    urls: nodes.map(({ url }) => url),
    chainId,
    observe: (call) => calls.push(call),
  })
  const { publicClient } = createClients({ transport: opened.transport, chainId })
  const balance = async () => Number(await publicClient.getBalance({ address: `0x${'01'.repeat(20)}` }))
  return { ...opened, calls, balance, publicClient }
}

const states = async ({ check }: ReturnType<typeof open>) => (await check()).map(({ state }) => state)

describe('several endpoints', () => {
  it('are asked in order, and the next steps in when one falls silent, until that serves again', async () => {
    const [first, second] = [await node(10, 1), await node(10, 2)]
    const chain = open(first, second)
    expect(await states(chain)).toEqual(['serving', 'serving'])
    expect(await chain.balance()).toBe(1)
    const sound = first.answer
    first.answer = () => ({ body: 'Bad gateway' })
    expect(await chain.balance()).toBe(2)
    expect(await states(chain)).toEqual(['silent', 'serving'])
    first.answer = sound
    expect(await states(chain)).toEqual(['serving', 'serving'])
    expect(await chain.balance()).toBe(1)
  })

  it('are asked instead of one that answers with nonsense', async () => {
    const [first, second] = [await node(10, 1), await node(10, 2)]
    const chain = open(first, second)
    const sound = first.answer
    first.answer = () => ({ reply: { result: 'no such thing' } })
    expect(await chain.balance()).toBe(2)
    expect(await states(chain)).toEqual(['silent', 'serving'])
    first.answer = sound
    expect(await states(chain)).toEqual(['serving', 'serving'])
  })

  it('pass over one that lags, unless all do', async () => {
    const [first, second] = [await node(10, 1), await node(14, 2)]
    const chain = open(first, second)
    expect(await states(chain)).toEqual(['lagging', 'serving'])
    expect(await chain.balance()).toBe(2)
    first.head = 12
    expect(await states(chain)).toEqual(['serving', 'serving'])
    expect(await chain.balance()).toBe(1)
  })

  it('ask one of another chain for nothing, even when it changes behind our back', async () => {
    const [first, second] = [await node(10, 1), await node(10, 2)]
    const chain = open(first, second)
    first.chainId = 1
    expect(await chain.balance()).toBe(2)
    expect(first.asked).toEqual(['eth_chainId'])
    second.chainId = 5
    expect(await states(chain)).toEqual(['refused', 'refused'])
    await expect(chain.balance()).rejects.toThrow(/127\.0\.0\.1:\d+ serves chain \d/)
  })

  it('all get a signed transaction, and one that takes it is enough', async () => {
    const [first, second] = [await node(10, 1), await node(10, 2)]
    const chain = open(first, second)
    const hash = `0x${'ab'.repeat(32)}`
    const { answer } = second
    second.answer = (call) =>
      call.method === 'eth_sendRawTransaction' ? { reply: { result: hash } } : answer(call)
    expect(await chain.publicClient.sendRawTransaction({ serializedTransaction: '0x02' })).toBe(hash)
    expect(first.asked).toContain('eth_sendRawTransaction')
    second.answer = answer
    await expect(chain.publicClient.sendRawTransaction({ serializedTransaction: '0x02' })).rejects.toThrow(
      /already known/,
    )
  })

  it('tell of every exchange by host, never by URL', async () => {
    const first = await node(10, 1)
    const opened = openEndpoints({
      urls: [`${first.url}/v3/secret-key`],
      chainId,
      observe: ({ endpoint }) => expect(endpoint).not.toContain('secret'),
    })
    expect(JSON.stringify((await opened.check()).map(({ endpoint }) => endpoint))).toBe(
      JSON.stringify([new URL(first.url).host]),
    )
  })
})

describe('openChain', () => {
  it('starts when one of several answers, and refuses by name one of another chain', async () => {
    const [first, second] = [await node(10, 1), await node(10, 2)]
    first.answer = () => ({ body: '' })
    const rpcUrl = [first.url, second.url]
    expect(await (await openChain({ rpcUrl, chainId })).publicClient.getBlockNumber()).toBe(10n)
    second.chainId = 1
    await expect(openChain({ rpcUrl, chainId })).rejects.toMatchObject({
      code: 'CHAIN_ID_MISMATCH',
      message: expect.stringContaining(new URL(second.url).host),
      details: { actual: 1, expected: chainId },
    })
  })
})
