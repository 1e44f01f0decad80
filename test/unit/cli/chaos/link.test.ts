import { describe, expect, it, onTestFinished } from 'vitest'
import type { Trouble } from '../../../../cli/chaos/fault.ts'
import { type Exchange, openLink } from '../../../../cli/chaos/link.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'

/** A server that answers JSON-RPC with what it was asked, blocks and receipts apart, and pages with their path. */
async function open() {
  const overheard: Exchange[] = []
  const target = await serveOnLoopback(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.method === 'GET') return response.end(JSON.stringify(page(String(request.url))))
    const calls: { id: number; method: string; params: unknown[] }[] = [JSON.parse(body)].flat()
    const replies = calls.map(({ id, method, params }) => ({ id, result: results[method] ?? params }))
    response.end(JSON.stringify(body.startsWith('[') ? replies : replies[0]))
  })
  const link = await openLink(target, (exchange) => overheard.push(exchange))
  onTestFinished(() => link.close())
  const ask = async (method: string, ...params: unknown[]) => {
    const body = JSON.stringify([{ id: 7, method, params }])
    const response = await fetch(link.url, { method: 'POST', body })
    return ((await response.json()) as { result: unknown }[])[0].result
  }
  const get = async (path: string) => (await fetch(`${link.url}${path}`)).text()
  return { link, ask, get, overheard }
}

const results: Record<string, unknown> = {
  eth_blockNumber: '0x20',
  eth_chainId: '0x7a69',
  eth_getTransactionReceipt: { blockNumber: '0x1f' },
}

function page(path: string) {
  const round = /public\/(\d+)$/.exec(path)?.[1]
  if (round) return { round: Number(round), signature: `of ${round}` }
  return path.endsWith('/info') ? { genesis_time: 100 } : { text: 'x'.repeat(64) }
}

const never = () => {
  throw new Error('it took effect')
}

describe('a link', () => {
  it('passes on what it is not armed against, and tells what it heard', async () => {
    const { ask, get, overheard } = await open()
    expect(await ask('eth_call', 'latest')).toEqual(['latest'])
    expect(JSON.parse(await get('/bundles/0'))).toEqual({ text: 'x'.repeat(64) })
    expect(overheard.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /', 'GET /bundles/0'])
  })

  it('troubles as many exchanges as it was armed for, and tells the first', async () => {
    const { link, get } = await open()
    let bites = 0
    link.arm({ does: 'refuse', status: 503 }, 2, () => bites++)
    expect([await get('/a'), await get('/a')]).toEqual(['', ''])
    expect(await get('/a')).not.toBe('')
    expect(bites).toBe(1)
  })

  it('forgets what is taken back', async () => {
    const { link, get } = await open()
    link.arm({ does: 'cut' }, 9, never)()
    expect(await get('/a')).not.toBe('')
  })

  it.each<Trouble>([
    { does: 'cut' },
    { does: 'stall', ms: 1 },
    { does: 'truncate', atPpm: 500_000, announced: true },
  ])('ends a connection before its time: $does', async (trouble) => {
    const { link, get } = await open()
    link.arm(trouble, 1, () => {})
    await expect(get('/a')).rejects.toThrow()
  })

  it('gives part of an answer as if it were all, or all of it with one bit changed', async () => {
    const { link, get } = await open()
    const whole = await get('/a')
    link.arm({ does: 'truncate', atPpm: 500_000, announced: false }, 1, () => {})
    expect(await get('/a')).toBe(whole.slice(0, Math.floor(whole.length / 2)))
    link.arm({ does: 'corrupt', atPpm: 500_000 }, 1, () => {})
    const corrupt = await get('/a')
    expect(corrupt).toHaveLength(whole.length)
    expect([...corrupt].filter((letter, i) => letter !== whole[i])).toHaveLength(1)
  })

  it('loses the answer to a transaction alone, which the server has heard', async () => {
    const { link, ask, overheard } = await open()
    link.arm({ does: 'lose answer' }, 1, () => {})
    expect(await ask('eth_blockNumber')).toBe('0x20')
    await expect(ask('eth_sendRawTransaction', '0x')).rejects.toThrow()
    expect(overheard).toHaveLength(2)
  })

  it('speaks as of an earlier block', async () => {
    const { link, ask } = await open()
    link.arm({ does: 'lie', lie: { of: 'rpc', says: 'earlier block', blocks: 2 } }, 3, () => {})
    expect(await ask('eth_blockNumber')).toBe('0x1e')
    expect(await ask('eth_call', {}, 'latest')).toEqual([{}, '0x1e'])
    expect(await ask('eth_getTransactionReceipt', '0x1')).toBeNull()
    expect(await ask('eth_getTransactionReceipt', '0x1')).toEqual({ blockNumber: '0x1f' })
  })

  it('lies where it is asked for what the lie is about, and nowhere else', async () => {
    const { link, ask } = await open()
    link.arm({ does: 'lie', lie: { of: 'rpc', says: 'other chain' } }, 1, () => {})
    link.arm({ does: 'lie', lie: { of: 'rpc', says: 'later block', blocks: 16 } }, 1, () => {})
    link.arm({ does: 'lie', lie: { of: 'rpc', says: 'no receipt' } }, 1, () => {})
    expect(await ask('eth_getTransactionReceipt', '0x1')).toBeNull()
    expect(await ask('eth_blockNumber')).toBe('0x30')
    expect(await ask('eth_chainId')).toBe('0x1')
    expect([await ask('eth_chainId'), await ask('eth_blockNumber')]).toEqual(['0x7a69', '0x20'])
  })

  it('tells another round than it was asked for, under its number, and another genesis', async () => {
    const { link, get } = await open()
    link.arm({ does: 'lie', lie: { of: 'relay', says: 'other round' } }, 1, () => {})
    link.arm({ does: 'lie', lie: { of: 'relay', says: 'other genesis' } }, 1, () => {})
    expect(JSON.parse(await get('/c/info'))).toEqual({ genesis_time: 3700 })
    expect(JSON.parse(await get('/c/public/9'))).toEqual({ round: 9, signature: 'of 8' })
    expect(JSON.parse(await get('/c/public/9'))).toEqual({ round: 9, signature: 'of 9' })
  })
})
