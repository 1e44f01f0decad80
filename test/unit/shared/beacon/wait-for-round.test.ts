import { describe, expect, it } from 'vitest'
import { startBeaconServer } from '../../../../cli/devnet/beacon-server.ts'
import { deriveBeaconKey } from '../../../../shared/beacon/sign-round.ts'
import { waitForRound } from '../../../../shared/beacon/wait-for-round.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { fakeClock } from '../../../helpers/fake-clock.ts'

const genesisTime = 1_700_000_000
const start = (clock = fakeClock(genesisTime * 1000)) =>
  startBeaconServer({
    secretKey: deriveBeaconKey(Uint8Array.of(7)),
    genesisTime,
    period: 3,
    host: '127.0.0.1',
    port: 0,
    clock,
  })

describe('waitForRound', () => {
  it('sleeps until the round is due and fetches it', async () => {
    const clock = fakeClock(genesisTime * 1000 + 500)
    await using server = disposable(await start(clock))
    const beacon = await waitForRound({ chain: server.chain, relays: [server.url], round: 5n, clock })
    expect(clock.slept).toEqual([5000, 5000, 1500])
    expect(beacon.round).toBe(5n)
  })

  it('does not sleep for a past round', async () => {
    const clock = fakeClock((genesisTime + 60) * 1000)
    await using server = disposable(await start(clock))
    await waitForRound({ chain: server.chain, relays: [server.url], round: 2n, clock })
    expect(clock.slept).toEqual([])
  })

  it('has a round that is there although its own clock is minutes behind', async () => {
    const time = fakeClock(genesisTime * 1000)
    await using server = disposable(await start(time))
    const behind = { ...time, nowMs: () => time.nowMs() - 300_000 }
    const relays = ['http://127.0.0.1:1', server.url]
    const beacon = await waitForRound({ chain: server.chain, relays, round: 3n, clock: behind })
    expect(beacon.round).toBe(3n)
    expect(time.slept).toEqual([5000, 5000])
  })

  it('ends with the reason of its signal while it sleeps', async () => {
    await using server = disposable(await start())
    const abort = new AbortController()
    const waiting = waitForRound({
      chain: server.chain,
      relays: [server.url],
      round: 10n ** 12n,
      signal: abort.signal,
      clock: systemClock,
    })
    abort.abort(new Error('shutting down'))
    await expect(waiting).rejects.toThrow('shutting down')
  })
})

function disposable<Server extends { close(): Promise<void> }>(server: Server) {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() })
}
