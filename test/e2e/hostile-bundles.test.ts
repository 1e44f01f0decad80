import { createServer, type RequestListener } from 'node:http'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conductWindow } from '../../cli/devnet/conductor.ts'
import { readLedger } from '../../cli/devnet/ledger.ts'
import { journalOf } from '../../cli/devnet/outcome.ts'
import { announceUri } from '../../shared/chain/announce-uri.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import { connect } from '../../shared/chain/connect.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { closeServer, listen } from '../../shared/http/listen.ts'
import {
  decodeBundle,
  encodeBundle,
  encodeGroup,
  encodeHeader,
  headerOf,
} from '../../shared/protocol/bundle.ts'
import { type BundleLimits, maxBundleBytes } from '../../shared/protocol/bundle-limits.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { compressed, joinBytes } from '../helpers/sealed-items.ts'

/** What a hostile miner serves where it says that its bundles lie. */
interface Attack {
  readonly name: string
  /** Why it earns nothing: a store's error where there is nothing to judge, otherwise the reason for a rejection. */
  readonly expected: string
  /** Made from the honest miner's bundle. */
  serve(honest: Bundle, honestBytes: Uint8Array, miner: number, limits: BundleLimits): Served
}

interface Served {
  readonly bytes: Uint8Array
  readonly committed?: Bundle
  /** Where the root was made of other bytes than these. */
  readonly committedBytes?: Uint8Array
  readonly answer?: RequestListener
  /** Instead of the place where the bytes are served. */
  readonly uri?: string
}

/** Its first map with the length in two bytes: valid CBOR, the same meaning, another byte string. */
function inLongerForm(bundle: Bundle): Uint8Array {
  const [head, ...rest] = encodeHeader(headerOf(bundle))
  const groups = bundle.groups.map((group) => compressed(encodeGroup(group)))
  return joinBytes(compressed([0xb8, head & 0x1f], rest), ...groups)
}

const attacks: readonly Attack[] = [
  {
    name: 'a server that stalls',
    expected: 'STORE_STALLED',
    serve: (_, bytes) => ({ bytes, answer: () => {} }),
  },
  {
    name: 'a server that has nothing',
    expected: 'STORE_NOT_FOUND',
    serve: (_, bytes) => ({ bytes, answer: (_request, response) => response.writeHead(404).end() }),
  },
  {
    name: 'a server that cuts the connection',
    expected: 'STORE_UNREACHABLE',
    serve: (_, bytes) => ({ bytes, answer: (request) => request.socket.destroy() }),
  },
  {
    name: 'a server that sends without end',
    expected: 'STORE_TOO_LARGE',
    serve: (_, bytes, __, limits) => ({
      bytes,
      answer: (_request, response) => {
        response.writeHead(200)
        const chunk = new Uint8Array(maxBundleBytes(limits))
        const pour = () => response.write(chunk, (error) => error || pour())
        pour()
      },
    }),
  },
  {
    name: 'other bytes than were committed',
    expected: 'STORE_HASH_MISMATCH',
    serve: (_, bytes) => ({ bytes, answer: (_request, response) => response.end(bytes.subarray(1)) }),
  },
  {
    name: 'one byte of one group changed on the way',
    expected: 'STORE_HASH_MISMATCH',
    serve: (honest, _, miner) => {
      const own = { ...honest, miner }
      const committedBytes = encodeBundle(own)
      const bytes = Uint8Array.from(committedBytes)
      bytes[bytes.length - 9] ^= 1
      return { bytes, committed: own, committedBytes }
    },
  },
  {
    name: 'a URI into the validator’s own files',
    expected: 'STORE_URI_FORBIDDEN',
    serve: (_, bytes) => ({ bytes, uri: 'file:///etc' }),
  },
  {
    name: 'a URI that is none',
    expected: 'STORE_URI_INVALID',
    serve: (_, bytes) => ({ bytes, uri: 'javascript:alert(1)' }),
  },
  {
    name: 'a truncated bundle',
    expected: 'BUNDLE_MALFORMED',
    serve: (honest, _, miner) => {
      const { bytes, committed } = serveBundle({ ...honest, miner })
      return { bytes: bytes.subarray(0, bytes.length >> 1), committed }
    },
  },
  {
    name: 'a small bundle that decompresses to gigabytes',
    expected: 'STORE_HASH_MISMATCH',
    serve: () => ({ bytes: zstdCompressSync(new Uint8Array(2 ** 28)) }),
  },
  {
    name: 'a header in another encoding than the canonical one',
    expected: 'STORE_HASH_MISMATCH',
    serve: (honest) => ({ bytes: inLongerForm(honest) }),
  },
  {
    name: 'a bundle with something behind it',
    expected: 'BUNDLE_MALFORMED',
    serve: (honest, _, miner) => {
      const { bytes, committed } = serveBundle({ ...honest, miner })
      return { bytes: Buffer.concat([bytes, zstdCompressSync('more')]), committed }
    },
  },
  {
    name: 'a bundle of another window',
    expected: 'BUNDLE_OF_ANOTHER_WINDOW',
    serve: (honest, _, miner) => serveBundle({ ...honest, miner, window: 7 }),
  },
  {
    name: 'the bundle of another miner as it is',
    expected: 'BUNDLE_OF_ANOTHER_WINDOW',
    serve: (honest, bytes) => ({ bytes, committed: honest }),
  },
  {
    name: 'the bundle of another miner under its own name',
    expected: 'PROMPT_MISMATCH',
    serve: (honest, _, miner) => serveBundle({ ...honest, miner }),
  },
  {
    name: 'a bundle that is not the one committed to',
    expected: 'STORE_HASH_MISMATCH',
    serve: (honest, _, miner) => {
      const own = { ...honest, miner }
      return { bytes: encodeBundle(own), committed: { ...own, groups: own.groups.slice(1) } }
    },
  },
]

function serveBundle(bundle: Bundle): { bytes: Uint8Array; committed: Bundle } {
  return { bytes: encodeBundle(bundle), committed: bundle }
}

let devnet: TestDevnet
const answers = new Map<string, RequestListener>()
const hostile = createServer((request, response) => answers.get(request.url ?? '')?.(request, response))

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 1 + attacks.length, validators: 2 })
})
afterAll(async () => {
  await devnet?.close()
  await closeServer(hostile)
})

/** The honest miner's bundle, fetched as a validator fetches it. */
async function fetchHonest(): Promise<{ bundle: Bundle; bytes: Uint8Array; limits: BundleLimits }> {
  const { chain, policy } = devnet.network
  const [{ uri }] = await readCommitments(chain, 0)
  const bytes = new Uint8Array(await (await fetch(uri)).arrayBuffer())
  const { maxTokens } = policy.active.manifest.sampling
  const limits = {
    rules: await readRules(chain, 0),
    maxTokens,
    vocabulary: policy.active.config.vocabulary,
  }
  const { value: bundle } = decodeBundle(bytes, limits)
  if (!bundle) throw new Error('the honest bundle cannot be read')
  return { bundle, bytes, limits }
}

async function commitAttacks(base: string): Promise<void> {
  const { network, participant } = devnet
  const honest = await fetchHonest()
  for (const [i, attack] of attacks.entries()) {
    const { hotKey, uid } = participant(`miner-${1 + i}`)
    const served = attack.serve(honest.bundle, honest.bytes, uid, honest.limits)
    const { bytes, committed = { ...honest.bundle, miner: uid }, committedBytes = bytes } = served
    const commitment = commitmentOf(committed, committedBytes)
    answers.set(`/${i}/${commitment.root.slice(2)}`, served.answer ?? ((_, response) => response.end(bytes)))
    const chain = await connect({
      rpcUrl: network.rpcUrl,
      deployment: network.chain.deployment,
      account: hotKey,
    })
    await announceUri(chain, uid, served.uri ?? `${base}/${i}`)
    await commitRoot(chain, { window: 0, ...commitment })
  }
}

test('hostile bundles earn nothing and harm nobody', async () => {
  const base = await listen(hostile, { host: '127.0.0.1', port: 0 })
  for (const name of ['miner-0', 'validator-0', 'validator-1']) devnet.start(name)
  const conducted = conductWindow(devnet.stage, 0)
  await devnet.event('miner-0', 'committed window')
  await commitAttacks(base)
  await conducted

  const { chain } = devnet.network
  for (const name of ['validator-0', 'validator-1']) {
    const told = devnet.events(name)
    for (const [i, { name: attack, expected }] of attacks.entries()) {
      const { code, status, reasons } = told.find(
        ({ message, miner }) =>
          miner === 1 + i && (message === 'left miner unaudited' || message === 'audited miner'),
      ) as { code?: string; status?: string; reasons?: object }
      const found = status === 'unavailable' ? code : Object.keys(reasons ?? {}).join()
      expect(`${attack}: ${found}`).toBe(`${attack}: ${expected}`)
    }
    expect(told.filter(({ message }) => message === 'abstained')).toEqual([])
    expect(devnet.crash(name)).toBeNull()
  }

  const reveals = await readReveals(chain, 0)
  expect(reveals.map(({ weights }) => weights.slice(1).every((weight) => weight === 0))).toEqual([true, true])
  const settlement = await readSettlement(chain, 0)
  const paid = settlement?.payouts.filter(({ role, amount }) => role === 'miner' && amount > 0n)
  expect(paid?.map(({ uid }) => uid)).toEqual([0])

  const journals = ['validator-0', 'validator-1'].map((name) =>
    journalOf(devnet.network.chain.deployment, devnet.participant(name)),
  )
  const [honest] = readLedger(journals, 1 + attacks.length)
  expect(honest).toMatchObject({ rejected: 0, reasons: {}, disputed: 0, accepted: honest.audited })
  expect(honest.audited).toBeGreaterThan(0)
})
