import { bls12_381 } from '@noble/curves/bls12-381.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { askRelay } from '../../../../shared/beacon/ask-relay.ts'
import { parseDrandInfo } from '../../../../shared/beacon/chain-info.ts'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { verifyRound } from '../../../../shared/beacon/verify-round.ts'
import { endsCoded, hostileDocuments, hostileTexts } from '../../../helpers/hostile-json.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'
import { recorded } from '../../../helpers/quicknet.ts'

const [beacon] = recorded.rounds
const round = BigInt(beacon.round)

/** Points that are no signature: infinity, the generator, other encodings and lengths. */
const signatures = fc.oneof(
  fc.constantFrom(
    `c0${'00'.repeat(47)}`,
    `e0${'00'.repeat(47)}`,
    `9f${'ff'.repeat(47)}`,
    '00'.repeat(48),
    bls12_381.G1.Point.BASE.toHex(true),
    bls12_381.G1.Point.BASE.toHex(false),
    beacon.signature.toUpperCase(),
    `0x${beacon.signature}`,
  ),
  fc.uint8Array({ minLength: 48, maxLength: 48 }).map((bytes) => Buffer.from(bytes).toString('hex')),
)

it('any answer near a round is that round, or a lie that is named', async () => {
  const answers = fc.oneof(
    hostileDocuments(beacon),
    signatures.map((signature) => ({ ...beacon, signature })),
  )
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      let read: unknown
      const ending = await endsCoded(async () => {
        read = await verifyRound(quicknet, round, answer)
      }, ['BEACON_INVALID'])
      if (ending !== 'answered') return
      const { signature, randomness } = beacon
      expect(read).toEqual({ round, signature: `0x${signature}`, randomness: `0x${randomness}` })
    }),
    { seed: 12, numRuns: 400 },
  )
})

it('any chain info near the published one is it, or invalid', async () => {
  await fc.assert(
    fc.asyncProperty(hostileDocuments(recorded.info), async (info) => {
      let read: unknown
      const ending = await endsCoded(() => {
        read = parseDrandInfo(info)
      }, ['BEACON_CHAIN_INVALID'])
      if (ending === 'answered') expect(read).toEqual(quicknet)
    }),
    { seed: 13, numRuns: 1000 },
  )
})

it('a relay that answers anything at all is told from one that lies and one that fails', async () => {
  let texts = { info: '', round: '' }
  const relay = await serveOnLoopback((request, response) => {
    response.end(request.url?.endsWith('/info') ? texts.info : texts.round)
  })
  const endings = new Set<string>()
  const answers = fc.oneof(
    hostileTexts(recorded.info).map((info) => ({ info, round: JSON.stringify(beacon) })),
    hostileTexts(beacon).map((text) => ({ info: JSON.stringify(recorded.info), round: text })),
  )
  await fc.assert(
    fc.asyncProperty(answers, async (given) => {
      texts = given
      const ask = () => askRelay({ chain: quicknet, relay, round, timeoutMs: 5000 })
      endings.add(await endsCoded(ask, ['BEACON_INVALID', 'BEACON_RELAY_FAILED']))
    }),
    { seed: 14, numRuns: 600 },
  )
  expect([...endings].sort()).toEqual(['BEACON_INVALID', 'BEACON_RELAY_FAILED', 'answered'])
})
