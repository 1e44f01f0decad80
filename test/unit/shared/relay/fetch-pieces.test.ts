import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { SubnetError } from '../../../../shared/errors.ts'
import { fetchPieces } from '../../../../shared/relay/fetch-pieces.ts'
import { openPeer, openUri } from '../../../../shared/relay/peer.ts'
import type { DirectoryStore } from '../../../../shared/store/directory-store.ts'
import { hostileAnswers, recordLog, startRelay, temporaryStore } from '../../../helpers/relays.ts'

const maxBytes = 40_000

async function storeOf(from: number, to: number): Promise<{ store: DirectoryStore; hashes: string[] }> {
  const store = await temporaryStore()
  const hashes: string[] = []
  for (let i = from; i < to; i++) hashes.push(await store.put(new Uint8Array(maxBytes - i).fill(i)))
  return { store, hashes }
}

const holds = (store: DirectoryStore, hashes: readonly string[]) =>
  Promise.all(hashes.map((hash) => store.fetch(hash, { maxBytes }))).then(
    () => true,
    () => false,
  )

describe('fetching pieces', () => {
  it('takes them from all peers at once, each piece once', async () => {
    const { store: source, hashes } = await storeOf(0, 24)
    const relays = [await startRelay(source), await startRelay(source), await startRelay(source)]
    const store = await temporaryStore()
    const seen: string[] = []
    await fetchPieces([...hashes, ...hashes], {
      peers: relays.map(({ peer }) => peer),
      store,
      log: recordLog(),
      maxBytes,
      onPiece: (hash) => seen.push(hash),
    })
    expect(seen.toSorted()).toEqual(hashes.toSorted())
    expect(relays.flatMap(({ asked }) => asked).toSorted()).toEqual(hashes.toSorted())
    for (const { asked } of relays) expect(asked.length).toBeGreaterThan(0)
    expect(await holds(store, hashes)).toBe(true)
  })

  it('joins two peers that hold a half each', async () => {
    const [left, right] = [await storeOf(0, 9), await storeOf(9, 20)]
    const relays = [await startRelay(left.store), await startRelay(right.store)]
    const [store, log] = [await temporaryStore(), recordLog()]
    const hashes = [...left.hashes, ...right.hashes]
    await fetchPieces(hashes, { peers: relays.map(({ peer }) => peer), store, log, maxBytes })
    expect(await holds(store, hashes)).toBe(true)
    expect(log.lines).toEqual([])
  })

  it.each(Object.entries(hostileAnswers))(
    'drops a peer that answers with %s, and goes on',
    async (_, answer) => {
      const { store: source, hashes } = await storeOf(0, 12)
      const [bad, good] = [await startRelay(source, answer), await startRelay(source)]
      const [store, log] = [await temporaryStore(), recordLog()]
      await fetchPieces(hashes, { peers: [bad.peer, good.peer], store, log, maxBytes })
      expect(await holds(store, hashes)).toBe(true)
      expect(log.lines).toMatchObject([{ message: 'dropped peer', fields: { peer: bad.url } }])
      expect(bad.asked.length).toBeLessThanOrEqual(4)
    },
  )

  it.each([
    ['nothing', () => {}],
    [
      'the beginning and then nothing',
      (bytes: Buffer, response: { write(b: Buffer): void }) => {
        response.write(bytes.subarray(0, 100))
      },
    ],
  ])('drops a peer that sends %s', async (_, answer) => {
    const { store: source, hashes } = await storeOf(0, 12)
    const bad = await startRelay(source, answer, { stallTimeoutMs: 50 })
    const good = await startRelay(source)
    const [store, log] = [await temporaryStore(), recordLog()]
    await fetchPieces(hashes, { peers: [bad.peer, good.peer], store, log, maxBytes })
    expect(await holds(store, hashes)).toBe(true)
    expect(log.lines).toMatchObject([{ fields: { peer: bad.url, code: 'STORE_STALLED' } }])
  })

  it('drops a peer that cannot be reached', async () => {
    const { store: source, hashes } = await storeOf(0, 6)
    const good = await startRelay(source)
    const closed = await closedPort()
    const [store, log] = [await temporaryStore(), recordLog()]
    await fetchPieces(hashes, { peers: [openPeer(closed), good.peer], store, log, maxBytes })
    expect(await holds(store, hashes)).toBe(true)
    expect(log.lines).toMatchObject([{ fields: { peer: closed, code: 'STORE_UNREACHABLE' } }])
  })

  it('does not connect to a private host that a URI names, and does to one that the operator names', async () => {
    const { store: source, hashes } = await storeOf(0, 2)
    const relay = await startRelay(source)
    const { peer: named } = openUri(`${relay.url}/${hashes[0]}`, { allowPrivateHosts: false })
    const [store, log] = [await temporaryStore(), recordLog()]
    const refused = fetchPieces(hashes, { peers: [named], store, log, maxBytes })
    await expect(refused).rejects.toMatchObject({ details: { faults: [{ code: 'STORE_URI_FORBIDDEN' }] } })
    expect(relay.asked).toEqual([])
    await fetchPieces(hashes, { peers: [named, relay.peer], store, log, maxBytes })
    expect(await holds(store, hashes)).toBe(true)
  })

  it('names the fault of every peer when none is left, and keeps what it has', async () => {
    const { store: source, hashes } = await storeOf(0, 8)
    const half = await storeOf(0, 3)
    const [corrupt, partial] = [
      await startRelay(source, hostileAnswers['wrong bytes']),
      await startRelay(half.store),
    ]
    const store = await temporaryStore()
    const fetched = fetchPieces(hashes, {
      peers: [corrupt.peer, partial.peer],
      store,
      log: recordLog(),
      maxBytes,
    })
    await expect(fetched).rejects.toMatchObject({
      code: 'PEERS_EXHAUSTED',
      retryable: true,
      details: {
        missing: 5,
        faults: [
          { peer: corrupt.url, code: 'STORE_HASH_MISMATCH' },
          { peer: partial.url, code: 'STORE_NOT_FOUND' },
        ],
      },
    })
    expect(await holds(store, half.hashes)).toBe(true)
  })

  it('ends with the code of a full disk, without blaming a peer', async () => {
    const { store: source, hashes } = await storeOf(0, 4)
    const relay = await startRelay(source)
    const log = recordLog()
    const full = new SubnetError('STORE_WRITE_FAILED', 'ENOSPC', { retryable: true })
    const store = { ...(await temporaryStore()), put: () => Promise.reject(full) }
    await expect(fetchPieces(hashes, { peers: [relay.peer], store, log, maxBytes })).rejects.toBe(full)
    expect(log.lines).toEqual([])
  })

  it('stops when asked to, with the reason', async () => {
    const { store: source, hashes } = await storeOf(0, 30)
    const stop = new AbortController()
    const relay = await startRelay(source, (bytes, response) => {
      if (relay.asked.length > 6) stop.abort(new Error('enough'))
      else response.end(bytes)
    })
    const store = await temporaryStore()
    const log = recordLog()
    const fetched = fetchPieces(hashes, { peers: [relay.peer], store, log, maxBytes, signal: stop.signal })
    await expect(fetched).rejects.toThrow('enough')
    expect(relay.asked.length).toBeLessThan(hashes.length)
    expect(log.lines).toEqual([])
  })
})

async function closedPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/bundles`
}
