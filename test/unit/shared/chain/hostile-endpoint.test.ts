import fc from 'fast-check'
import {
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
  http,
  numberToHex,
  slice,
  toFunctionSelector,
} from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import {
  drandBeaconAbi,
  paramsAbi,
  policyRegistryAbi,
  rolloutLogAbi,
  scoreBookAbi,
  settlementAbi,
  stakeRegistryAbi,
} from '../../../../shared/chain/abi.ts'
import { type ChainContext, createClients } from '../../../../shared/chain/connect.ts'
import { assertBeaconConfig } from '../../../../shared/chain/read-beacon-config.ts'
import { readBlockNumber } from '../../../../shared/chain/read-block-number.ts'
import { readEntity } from '../../../../shared/chain/read-entity.ts'
import { readHotKey } from '../../../../shared/chain/read-hot-key.ts'
import { readOpening } from '../../../../shared/chain/read-opening.ts'
import { readPolicy } from '../../../../shared/chain/read-policy.ts'
import { readReveals } from '../../../../shared/chain/read-reveals.ts'
import { readRoots } from '../../../../shared/chain/read-roots.ts'
import { readRules } from '../../../../shared/chain/read-rules.ts'
import { readSchedule } from '../../../../shared/chain/read-schedule.ts'
import { readScoreCommit } from '../../../../shared/chain/read-score-commit.ts'
import { readSettlements } from '../../../../shared/chain/read-settlements.ts'
import { readUri } from '../../../../shared/chain/read-uri.ts'
import { readValidators } from '../../../../shared/chain/read-validators.ts'
import {
  type Endpoint,
  hostileData,
  hostileReplies,
  startEndpoint,
} from '../../../helpers/hostile-endpoint.ts'
import { endsCoded, hostileDocuments } from '../../../helpers/hostile-json.ts'

const address = `0x${'5b'.repeat(20)}` as const
const hash = `0x${'01'.repeat(32)}` as const
const calendar = { startBlock: 1n, windowBlocks: 4, commitBlocks: 2, epochWindows: 1, revealBlocks: 2 }
const codes = ['CHAIN_FAILED', 'CHAIN_REVERTED', 'CHAIN_UNREACHABLE', 'CHAIN_MALFORMED', 'BEACON_MISMATCH']

let endpoint: Endpoint
let chain: ChainContext

beforeAll(async () => {
  endpoint = await startEndpoint()
  const transport = http(endpoint.url, { batch: true, retryCount: 0 })
  const names = [
    'accessManager',
    'params',
    'token',
    'stakeRegistry',
    'drandBeacon',
    'rolloutLog',
    'policyRegistry',
  ]
  const contracts = Object.fromEntries(
    [...names, 'scoreBook', 'rewardVault', 'settlement', 'disputes', 'timelock', 'governor'].map((name) => [
      name,
      address,
    ]),
  ) as ChainContext['deployment']['contracts']
  const deployment = { name: 'test', chainId: 1, startBlock: 0, contracts, beacon: quicknet }
  chain = { ...createClients({ transport, chainId: 1 }), deployment }
})
afterAll(() => endpoint.close())

const schedule = encodeFunctionResult({
  abi: rolloutLogAbi,
  functionName: 'schedule',
  result: {
    ...{ startBlock: 10n, windowBlocks: 20n, commitBlocks: 10n, epochWindows: 1n },
    ...{ revealBlocks: 5n, beaconDelaySeconds: 3n },
  },
})
const scheduleSelector = toFunctionSelector('schedule()')
const nextEpoch = encodeFunctionResult({ abi: settlementAbi, functionName: 'nextEpoch', result: 2n })
const nextEpochSelector = toFunctionSelector('nextEpoch()')

/** Everything around the answer under test is sound, so that the readers get as far as it. */
function surroundings({ method, params }: { method: string; params: readonly unknown[] }): unknown {
  if (method === 'eth_blockNumber') return '0x3ff'
  if (method === 'eth_getLogs') return []
  const { data } = params[0] as { data: Hex }
  if (data.startsWith(nextEpochSelector)) return nextEpoch
  return data.startsWith(scheduleSelector) ? schedule : undefined
}

async function expectCoded(
  replies: fc.Arbitrary<ReturnType<Endpoint['answer']>>,
  underTest: (method: string, data: Hex | undefined) => boolean,
  read: () => Promise<unknown>,
): Promise<void> {
  const endings = new Set<string>()
  await fc.assert(
    fc.asyncProperty(replies, async (hostile) => {
      endpoint.answer = (call) => {
        const data = (call.params?.[0] as { data?: Hex } | undefined)?.data
        if (underTest(call.method, data)) return hostile
        return { reply: { result: surroundings(call) } }
      }
      endings.add(await endsCoded(read, codes))
    }),
    { seed: 18, numRuns: 250 },
  )
  expect(endings.size).toBeGreaterThan(1)
}

const rules = encodeFunctionResult({
  abi: paramsAbi,
  functionName: 'rulesAt',
  result: {
    ...{ groupSize: 8, maxGroups: 16, auditFloor: 8, sketchPositions: 4, kappa: 32_767, auditRatePpm: 1 },
    ...{
      minerSharePpm: 1,
      treasurySharePpm: 0,
      quorumPpm: 1,
      scoreBasePpm: 1,
      scoreCorrectnessPpm: 1,
      minMinerStake: 1n,
    },
    ...{ minValidatorStake: 1n, fromEpoch: 1n, emissionPerEpoch: 1n, scoreReasoningPpm: 1 },
    ...{ scoreSatisfactionPpm: 1, scoreSignalPpm: 1, bondsPenalty: 1, bondsMovingAveragePpm: 1 },
    ...{ nonRevealSlashPpm: 1, faultSlashPpm: 1 },
  },
})
const calls: readonly (readonly [string, Hex, (chain: ChainContext) => Promise<unknown>])[] = [
  ['a schedule', schedule, readSchedule],
  ['rules', rules, (from) => readRules(from, 1)],
  [
    'an opening',
    encodeFunctionResult({
      abi: rolloutLogAbi,
      functionName: 'opening',
      result: {
        ...{ blockHash: hash, openRound: 1n, auditRound: 2n },
        ...{ groupSize: 8, maxGroups: 16 },
      },
    }),
    (from) => readOpening(from, 1),
  ],
  [
    'a policy',
    encodeFunctionResult({
      abi: policyRegistryAbi,
      functionName: 'policy',
      result: {
        ...{ parent: hash, recordHash: hash, environmentId: hash, environmentHash: hash },
        activationWindow: 1n,
        publishedAt: 1n,
        uri: 'x',
      },
    }),
    (from) => readPolicy(from, hash),
  ],
  [
    'an identity',
    encodeFunctionResult({
      abi: stakeRegistryAbi,
      functionName: 'entity',
      result: [
        address,
        address,
        { ...{ role: 0, uid: 0, standing: 1, stake: 1n }, registeredAt: 1, exitAt: 0 },
      ] as never,
    }),
    (from) => readEntity(from, 'miner', 0),
  ],
  [
    'a hot key',
    encodeFunctionResult({ abi: stakeRegistryAbi, functionName: 'hotKeyAt', result: address }),
    (from) => readHotKey(from, { role: 'miner', uid: 0 }, 1n),
  ],
  [
    'where a miner serves',
    encodeFunctionResult({ abi: rolloutLogAbi, functionName: 'uriOf', result: 'http://127.0.0.1/x' }),
    (from) => readUri(from, 0),
  ],
  [
    'a score commitment',
    encodeFunctionResult({ abi: scoreBookAbi, functionName: 'ballot', result: [slice(hash, 0, 24), true] }),
    (from) => readScoreCommit(from, 1, 0),
  ],
  [
    'a list of stakes',
    encodeFunctionResult({ abi: stakeRegistryAbi, functionName: 'stakesAt', result: [] }),
    (from) => readValidators(from, 1n),
  ],
  [
    'a beacon key',
    encodeFunctionResult({ abi: drandBeaconAbi, functionName: 'publicKey', result: `0x${'aa'.repeat(256)}` }),
    assertBeaconConfig,
  ],
]

const logOf = (topics: readonly unknown[], data: Hex) => ({
  ...{ address, topics, data, blockNumber: numberToHex(12), transactionHash: hash, transactionIndex: '0x0' },
  ...{ blockHash: hash, logIndex: '0x0', removed: false },
})
const settlementTypes = ['bytes32', 'uint256', 'uint256', ...Array<string>(5).fill('bytes')].map((type) => ({
  type,
}))
const events = {
  'a commitment': {
    log: logOf(
      encodeEventTopics({
        abi: rolloutLogAbi,
        eventName: 'RootCommitted',
        args: { hotKey: address, window: 1n },
      }),
      encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint32' }], [hash, 1]),
    ),
    read: (from: ChainContext) => readRoots(from, calendar, 1, [address]),
  },
  'a reveal': {
    log: logOf(
      encodeEventTopics({
        abi: scoreBookAbi,
        eventName: 'ScoresRevealed',
        args: { epoch: 1n, validatorUid: 0 },
      }),
      encodeAbiParameters(
        [{ type: 'bytes' }, { type: 'bytes32' }, { type: 'bytes32' }],
        ['0x00010002', hash, hash],
      ),
    ),
    read: (from: ChainContext) => readReveals(from, 1),
  },
  'a settlement': {
    log: logOf(
      encodeEventTopics({ abi: settlementAbi, eventName: 'EpochSettled', args: { epoch: 1n } }),
      encodeAbiParameters(settlementTypes, [
        hash,
        10n,
        10n,
        '0x00000000',
        '0x7fff',
        '0x7fff',
        '0x7fff',
        '0x3fff0001',
      ]),
    ),
    read: (from: ChainContext) => readSettlements(from, [1]),
  },
}

describe('whatever an endpoint answers', () => {
  it.each(calls)('in place of %s ends in an answer or a code', async (_, valid, read) => {
    const own = valid === schedule
    const underTest = (method: string, data: Hex | undefined) =>
      method === 'eth_call' && (own || !data?.startsWith(scheduleSelector))
    await expectCoded(hostileReplies(hostileData(valid)), underTest, () => read(chain))
  })

  it('in place of a block number ends in an answer or a code', async () => {
    await expectCoded(
      hostileReplies(hostileData('0x10')),
      () => true,
      () => readBlockNumber(chain),
    )
  })

  it.each(Object.entries(events))(
    'in place of %s’s event ends in an answer or a code',
    async (_, { log, read }) => {
      const logs = fc.oneof(
        hostileDocuments([log]),
        hostileData(log.data as Hex).map((data) => [log, { ...log, data }]),
        fc.constant([log]),
      )
      await expectCoded(
        hostileReplies(logs),
        (method) => method === 'eth_getLogs',
        () => read(chain),
      )
    },
  )
})
