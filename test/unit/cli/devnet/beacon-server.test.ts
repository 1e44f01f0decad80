import { fetchBeacon, HttpCachingChain, HttpChainClient, MultiBeaconNode } from 'drand-client'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBeaconServer } from '../../../../cli/devnet/beacon-server.ts'
import { parseDrandInfo, toDrandInfo } from '../../../../shared/beacon/chain-info.ts'
import { fetchRound } from '../../../../shared/beacon/fetch-round.ts'
import { deriveBeaconKey } from '../../../../shared/beacon/sign-round.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'

const genesisTime = 1_700_000_000

async function start({ secondsAfterGenesis = 30, port = 0 } = {}) {
  const clock = fakeClock((genesisTime + secondsAfterGenesis) * 1000)
  const secretKey = deriveBeaconKey(Uint8Array.of(7))
  const server = await startBeaconServer({
    secretKey,
    genesisTime,
    period: 3,
    host: '127.0.0.1',
    port,
    clock,
  })
  onTestFinished(() => server.close())
  return { ...server, clock }
}

const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status

describe('the devnet beacon', () => {
  it('signs every due round so that fetchRound and drand-client verify it', async () => {
    const { chain, url } = await start({ secondsAfterGenesis: 3_000_000 })
    const pinned = new HttpCachingChain(`${url}/${chain.hash}`, {
      disableBeaconVerification: false,
      noCache: false,
      chainVerificationParams: { chainHash: chain.hash, publicKey: chain.publicKey },
    })
    const client = new HttpChainClient(pinned)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_001 }), async (round) => {
        const ours = await fetchRound({ chain, relays: [url], round: BigInt(round) })
        const theirs = await fetchBeacon(client, round)
        expect([ours.signature, ours.randomness]).toEqual([`0x${theirs.signature}`, `0x${theirs.randomness}`])
      }),
      { seed: 1, numRuns: 10 },
    )
  })

  it('serves the paths of drand, with and without the chain hash', async () => {
    const { chain, url } = await start()
    const node = new MultiBeaconNode(url)
    expect((await node.chains()).map(({ baseUrl }) => baseUrl)).toEqual([`${url}/${chain.hash}`])
    expect(await node.health()).toEqual({ status: 200, current: 11, expected: 11 })
    for (const base of [url, `${url}/${chain.hash}`]) {
      const info = await (await fetch(`${base}/info`)).json()
      expect(info).toEqual(toDrandInfo(chain))
      expect(parseDrandInfo(info)).toEqual(chain)
      const latest = await (await fetch(`${base}/public/latest`)).json()
      expect(latest).toEqual(await (await fetch(`${base}/public/11`)).json())
      expect(latest.round).toBe(11)
    }
  })

  it('does not sign a round before its second', async () => {
    const { clock, url } = await start({ secondsAfterGenesis: 2 })
    expect(await statusOf(`${url}/public/1`)).toBe(200)
    expect(await statusOf(`${url}/public/2`)).toBe(425)
    await clock.sleep(999)
    expect(await statusOf(`${url}/public/2`)).toBe(425)
    await clock.sleep(1)
    expect(await statusOf(`${url}/public/2`)).toBe(200)
    expect(await statusOf(`${url}/public/999999999999999`)).toBe(425)
  })

  it('has no round before the genesis time', async () => {
    const { url } = await start({ secondsAfterGenesis: -1 })
    expect(await statusOf(`${url}/public/latest`)).toBe(425)
    expect(await statusOf(`${url}/public/1`)).toBe(425)
    expect(await statusOf(`${url}/health`)).toBe(200)
  })

  it.each([
    '/',
    '/public/0',
    '/public/-1',
    '/public/1.5',
    '/public/0x1',
    '/public/99999999999999999999',
    '/public',
    `/${'ab'.repeat(32)}/info`,
    '/public/%31',
  ])('answers 404 to %s', async (path) => {
    const { url } = await start()
    expect(await statusOf(url + path)).toBe(404)
  })

  it('answers 405 to anything that is not a read', async () => {
    const { url } = await start()
    expect(await statusOf(`${url}/public/1`, { method: 'POST', body: '{}' })).toBe(405)
  })

  it('names the port that is taken', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE', details: { port } })
  })
})
