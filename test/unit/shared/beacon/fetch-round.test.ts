import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fetchRound } from '../../../../shared/beacon/fetch-round.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'
import { recorded } from '../../../helpers/quicknet.ts'

const [beacon] = recorded.rounds
const round = BigInt(beacon.round)

/** A relay with drand's paths; each answer may be replaced. Counts what it was asked. */
async function startRelay(answers: { info?: unknown; round?: unknown | RequestListener }) {
  const asked: string[] = []
  const url = await serveOnLoopback((request, response) => {
    asked.push(request.url as string)
    const answer = request.url?.endsWith('/info')
      ? (answers.info ?? recorded.info)
      : (answers.round ?? recorded.rounds[0])
    if (typeof answer === 'function') return answer(request, response)
    response.end(JSON.stringify(answer))
  })
  return { url, asked }
}

const liars = {
  'another genesis time': { info: { ...recorded.info, genesis_time: recorded.info.genesis_time - 3 } },
  'another period': { info: { ...recorded.info, period: 4 } },
  'another key': { info: { ...recorded.info, public_key: recorded.info.public_key.replace('83', '84') } },
  'another beacon id': { info: { ...recorded.info, metadata: { beaconID: 'default' } } },
  'no chain info': { info: 'info' },
  'a tampered signature': { round: { ...beacon, signature: `a${beacon.signature.slice(1)}` } },
  'tampered randomness': { round: { ...beacon, randomness: '11'.repeat(32) } },
  'another round': { round: { ...beacon, round: beacon.round + 1 } },
  'a number': { round: 1 },
}

const failing: Record<string, RequestListener> = {
  'an internal error': (_, response) => response.writeHead(500).end(JSON.stringify(beacon)),
  'a round that is not due': (_, response) => response.writeHead(425).end(),
  'a redirect': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  'text instead of JSON': (_, response) => response.end('<html>'),
  'an oversized body': (_, response) =>
    response.end(JSON.stringify({ ...beacon, padding: 'x'.repeat(100_000) })),
  silence: () => {},
  'half an answer and then silence': (_, response) => response.write(JSON.stringify(beacon).slice(0, 50)),
  'a broken connection': (request) => request.socket.destroy(),
}

describe('fetchRound', () => {
  it('returns a verified round and asks for it explicitly', async () => {
    const relay = await startRelay({})
    const fetched = await fetchRound({ chain: quicknet, relays: [`${relay.url}/`], round })
    expect(fetched).toEqual({
      round,
      signature: `0x${beacon.signature}`,
      randomness: `0x${beacon.randomness}`,
    })
    expect(relay.asked).toEqual([`/${quicknet.hash}/info`, `/${quicknet.hash}/public/${round}`])
  })

  it.each(Object.entries(liars))('drops a relay that tells %s', async (_, answers) => {
    const [liar, honest, clock] = [await startRelay(answers), await startRelay({}), fakeClock()]
    const alone = fetchRound({ chain: quicknet, relays: [liar.url], round, clock })
    await expect(alone).rejects.toMatchObject({
      code: 'BEACON_INVALID',
      retryable: false,
      details: { causes: [{ relay: liar.url, code: 'BEACON_INVALID' }] },
    })
    expect(clock.slept).toEqual([])
    const second = await fetchRound({ chain: quicknet, relays: [liar.url, honest.url], round, clock })
    expect(second.randomness).toBe(`0x${beacon.randomness}`)
  })

  it.each(Object.entries(failing))('waits for a relay that gives %s, then gives up', async (_, listener) => {
    const [relay, clock] = [await startRelay({ round: listener }), fakeClock()]
    const options = { chain: quicknet, round, clock }
    const alone = fetchRound({ ...options, relays: [relay.url], requestTimeoutMs: 60 })
    await expect(alone).rejects.toMatchObject({
      code: 'BEACON_UNAVAILABLE',
      retryable: true,
      details: { causes: [{ relay: relay.url, code: 'BEACON_RELAY_FAILED' }] },
    })
    expect(clock.slept).toEqual([250, 500, 1000, 2000])
    const honest = await startRelay({})
    const second = await fetchRound({
      ...options,
      relays: [relay.url, honest.url],
      requestTimeoutMs: 1000,
    })
    expect(second.randomness).toBe(`0x${beacon.randomness}`)
  })

  it('asks a relay again that was down, and never one that lied', async () => {
    let failures = 0
    const late = await startRelay({
      round: ((_, response) => {
        if (failures++ < 2) response.writeHead(404).end()
        else response.end(JSON.stringify(beacon))
      }) satisfies RequestListener,
    })
    const liar = await startRelay(liars['another round'])
    const clock = fakeClock()
    await fetchRound({ chain: quicknet, relays: [liar.url, late.url], round, clock })
    expect(clock.slept).toEqual([250, 500])
    expect(liar.asked.filter((path) => path.includes('/public/'))).toHaveLength(1)
  })

  it('names every relay and its cause', async () => {
    const liar = await startRelay(liars['another genesis time'])
    const broken = await startRelay({ round: failing['an internal error'] })
    const relays = [liar.url, broken.url, 'http://127.0.0.1:1']
    const failed = fetchRound({ chain: quicknet, relays, round, clock: fakeClock() })
    await expect(failed).rejects.toMatchObject({ code: 'BEACON_UNAVAILABLE' })
    const { message } = await failed.catch((error) => error)
    for (const part of [...relays, 'genesis_time', 'status 500', 'ECONNREFUSED'])
      expect(message).toContain(part)
  })

  it('stops at once when aborted', async () => {
    const abort = new AbortController()
    const relay = await startRelay({ round: () => abort.abort(new Error('shutting down')) })
    const options = { chain: quicknet, relays: [relay.url], round, signal: abort.signal }
    await expect(fetchRound(options)).rejects.toThrow('shutting down')
    await expect(fetchRound(options)).rejects.toThrow('shutting down')
  })

  it.each([
    ['BEACON_ROUND_INVALID', { round: 0n }],
    ['BEACON_CHAIN_INVALID', { chain: { ...quicknet, genesisTime: quicknet.genesisTime + 1 } }],
    ['BEACON_RELAYS_INVALID', { relays: [] }],
    ['BEACON_RELAYS_INVALID', { relays: ['http://127.0.0.1:1', 'api.drand.sh', 'ftp://host/'] }],
  ])('refuses wrong arguments with %s before asking anyone', async (code, wrong) => {
    const relay = await startRelay({})
    const asking = fetchRound({ chain: quicknet, relays: [relay.url], round, ...wrong })
    await expect(asking).rejects.toMatchObject({ code })
    expect(relay.asked).toEqual([])
  })
})
