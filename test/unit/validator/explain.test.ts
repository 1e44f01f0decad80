import { hexToBytes } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderExplanation } from '../../../cli/observer/render-explanation.ts'
import { toJson } from '../../../cli/observer/to-json.ts'
import { generateGroups } from '../../../miner/generate-groups.ts'
import type { Policy } from '../../../model/policy.ts'
import { deriveBeaconKey, signRound, singleSignerChain } from '../../../shared/beacon/sign-round.ts'
import { encodeBundle } from '../../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../../shared/protocol/commitment.ts'
import type { Bundle, Rollout } from '../../../shared/protocol/rollout.ts'
import { auditSeed, windowSeed } from '../../../shared/protocol/seed.ts'
import { auditBundle } from '../../../validator/audit-bundle.ts'
import { type Explanation, explainRollout } from '../../../validator/explain.ts'
import { type ExplainCase, encodeCase, parseCase } from '../../../validator/explain-case.ts'
import { openDefaultPolicy } from '../../helpers/default-policy.ts'

const secretKey = deriveBeaconKey(hexToBytes(`0x${'07'.repeat(32)}`))
const beacon = singleSignerChain({ secretKey, genesisTime: 1_700_000_000, period: 3 })
const subnet = `0x${'ab'.repeat(20)}` as const
const blockHash = `0x${'b1'.repeat(32)}` as const
const openRound = signRound(secretKey, 41n)
const auditRound = signRound(secretKey, 97n)
const rules = {
  groupSize: 4,
  maxGroups: 3,
  auditRatePpm: 100_000,
  auditFloor: 2,
  sketchPositions: 4,
  coefficients: { base: 1, correctness: 1, reasoning: 1, satisfaction: 1, signal: 1 },
}
const window = 12
const miner = 3
const seed = windowSeed({
  ...{ chainId: 31_337, rolloutLog: subnet, window, blockHash },
  randomness: `0x${openRound.randomness}`,
})
const auditing = auditSeed(seed, `0x${auditRound.randomness}`)

let policy: Policy
let honest: Bundle

beforeAll(async () => {
  policy = await openDefaultPolicy({})
  const task = {
    policy: policy.manifestHash,
    windowSeed: seed,
    miner,
    firstGroup: 0,
    groups: 3,
    groupSize: 4,
  }
  honest = {
    ...{ chainId: 31_337, subnet, window, miner, policy: policy.manifestHash },
    groups: await generateGroups(policy, task),
  }
})
afterAll(() => policy.session.close())

const caseOf = (bundle: Bundle, changes: Partial<ExplainCase> = {}): ExplainCase => ({
  ...{ chainId: 31_337, subnet, window, miner, beacon, blockHash, openRound, auditRound, rules },
  policy: policy.manifestHash,
  commitment: commitmentOf(bundle),
  validators: 3,
  bundle: encodeBundle(bundle),
  ...changes,
})

/** The honest bundle with a change in rollout 2 of group 1. */
const withRollout = (change: (rollout: Rollout) => Partial<Rollout>): Bundle => ({
  ...honest,
  groups: honest.groups.map((group) => {
    if (group.index !== 1) return group
    const rollout = group.rollouts[2]
    return { ...group, rollouts: group.rollouts.with(2, { ...rollout, ...change(rollout) }) }
  }),
})
const changed = { group: 1, rollout: 2 }
const markOf = ({ checks }: Explanation) => checks.map(({ check, passed }) => [check, passed])

const changes: readonly [string, (rollout: Rollout) => Partial<Rollout>][] = [
  ['nothing', () => ({})],
  ['a token', ({ tokens }) => ({ tokens: tokens.with(3, tokens[3] === 9 ? 10 : 9) })],
  ['the finish', ({ finish }) => ({ finish: finish === 'end' ? 'length' : 'end' })],
  ['its sketches', ({ sketches }) => ({ sketches: new Int8Array(sketches.length) })],
  ['a log-probability', ({ logProbabilities }) => ({ logProbabilities: logProbabilities.with(1, -40) })],
  ['its reward', ({ reward }) => ({ reward: reward === 0 ? 1_000_000 : 0 })],
  [
    'its reward and a token',
    ({ reward, tokens }) => ({ reward: reward ^ 1, tokens: tokens.with(0, tokens[0] ^ 1) }),
  ],
]

describe('an explanation', () => {
  it.each(changes)('with %s changed is the verdict that an audit gives', async (_, change) => {
    const bundle = withRollout(change)
    const facts = caseOf(bundle)
    const { commitment } = facts
    const report = await auditBundle(policy, {
      bytes: facts.bundle,
      committed: { chainId: 31_337, subnet, window, miner, policy: policy.manifestHash, ...commitment },
      ...{ window, windowSeed: seed, auditSeed: auditing, miner, validator: 0, rules, suspect: true },
    })
    expect(report.verdicts).toHaveLength(12)
    for (const { group, rollout, rejection } of report.verdicts) {
      const explained = await explainRollout(policy, facts, { group, rollout })
      expect(explained.rejection).toEqual(rejection)
      const failed = explained.checks.filter(({ passed }) => passed === false)
      expect(failed.length > 0).toBe(rejection !== null)
      if (rejection) expect(failed.map(({ check }) => check)).toContain(rejection.check)
    }
  })

  it('passes every check of an honest rollout, in order, with the numbers', async () => {
    const explained = await explainRollout(policy, caseOf(honest), changed)
    expect(markOf(explained)).toEqual(
      [
        ...['format', 'commitment', 'completeness', 'challenge', 'termination'],
        ...['sampling', 'sketch', 'log-probability', 'reward'],
      ].map((check) => [check, true]),
    )
    const { tokens } = honest.groups[1].rollouts[2]
    expect(explained.checks[5].numbers).toMatchObject({
      positions: tokens.length,
      violations: 0,
      largestDeviation: 0,
    })
    expect(explained.checks[6].numbers).toMatchObject({ positions: 4 })
    expect(explained).toMatchObject({ rejection: null, difference: null, seeds: { windowSeed: seed } })
  })

  it('shows the owed token against the given one as text', async () => {
    const { tokens } = honest.groups[1].rollouts[2]
    const given = tokens[3] === 9 ? 10 : 9
    const bundle = withRollout(() => ({ tokens: tokens.with(3, given) }))
    const { difference } = await explainRollout(policy, caseOf(bundle), changed)
    expect(difference).toMatchObject({
      position: 3,
      before: policy.codec.decode(tokens.slice(0, 3)),
      owed: { token: tokens[3], text: policy.codec.decode([tokens[3]]) },
      given: { token: given, text: policy.codec.decode([given]) },
    })
  })

  it('says who must audit a rollout, and of others that no beacon selected them', async () => {
    const places = [0, 1, 2].flatMap((group) => [0, 1, 2, 3].map((rollout) => ({ group, rollout })))
    const explained = await Promise.all(places.map((place) => explainRollout(policy, caseOf(honest), place)))
    const shared = explained.filter(({ selected }) => selected?.shared)
    expect(shared).toHaveLength(rules.auditFloor)
    for (const uid of [0, 1, 2]) {
      expect(explained.filter(({ selected }) => selected?.byValidators.includes(uid))).toHaveLength(1)
    }
    const nobody = explained.find(({ selected }) => !selected?.shared && selected?.byValidators.length === 0)
    expect(renderExplanation(nobody as Explanation)).toContain('selected by no beacon')
    expect(renderExplanation(shared[0])).toContain('selected by the beacon for every validator')
  })

  it('of a bundle that is refused whole stops where an audit stops', async () => {
    const bytes = encodeBundle(honest)
    const cut = await explainRollout(policy, caseOf(honest, { bundle: bytes.subarray(0, 40) }), changed)
    expect(cut.rejection?.reason).toBe('BUNDLE_MALFORMED')
    expect(markOf(cut).filter(([, passed]) => passed !== null)).toEqual([['format', false]])

    const commitment = commitmentOf(withRollout(() => ({ reward: 1 })))
    const foreign = await explainRollout(policy, caseOf(honest, { commitment }), changed)
    expect(foreign.rejection?.reason).toBe('ROOT_MISMATCH')
    expect(markOf(foreign).slice(0, 3)).toEqual([
      ['format', true],
      ['commitment', false],
      ['completeness', null],
    ])

    const gap = { ...honest, groups: [honest.groups[0], honest.groups[2]] }
    const incomplete = await explainRollout(policy, caseOf(gap), changed)
    expect(incomplete.rejection?.reason).toBe('GROUPS_INCOMPLETE')
    expect(renderExplanation(incomplete)).toContain('not reached')
  })

  it('is refused for a rollout that is not there, and for a beacon that is not the pinned one', async () => {
    const facts = caseOf(honest)
    for (const place of [
      { group: 3, rollout: 0 },
      { group: 0, rollout: 4 },
    ]) {
      await expect(explainRollout(policy, facts, place)).rejects.toMatchObject({ code: 'NOT_IN_BUNDLE' })
    }
    const other = signRound(deriveBeaconKey(new Uint8Array(32)), 41n)
    await expect(explainRollout(policy, { ...facts, openRound: other }, changed)).rejects.toMatchObject({
      code: 'BEACON_INVALID',
    })
    const renamed = { ...facts, beacon: { ...beacon, period: 4 } }
    await expect(explainRollout(policy, renamed, changed)).rejects.toMatchObject({
      code: 'BEACON_CHAIN_INVALID',
    })
  })

  it('is the same bytes on every run, from the case or from its file', async () => {
    const bundle = withRollout(({ tokens }) => ({ tokens: tokens.with(3, tokens[3] === 9 ? 10 : 9) }))
    const file = encodeCase(caseOf(bundle))
    expect(encodeCase(parseCase(file, 'file'))).toBe(file)
    const texts: string[] = []
    for (const facts of [caseOf(bundle), parseCase(file, 'file')]) {
      const explained = await explainRollout(policy, facts, changed)
      texts.push(renderExplanation(explained) + toJson(explained))
    }
    expect(texts[1]).toBe(texts[0])
    expect(texts[0]).toContain('TOKEN_NOT_OWED')
  })

  it('quotes what a stranger wrote', async () => {
    const explained = await explainRollout(policy, caseOf(honest), changed)
    const hostile = {
      ...explained,
      text: { prompt: '\u001b[2J"\n', completion: '\u202egnp\u009b', tokens: [] },
    }
    const text = renderExplanation(hostile)
    expect(text).toContain('prompt      "\\u001b[2J\\"\\n"')
    expect(text).toContain('"\\u202egnp\\u009b"')
  })
})

describe('a case file', () => {
  it.each([
    ['text that is no JSON', (file: string) => file.slice(1)],
    ['another version', (file: string) => file.replace('"version":1', '"version":2')],
    [
      'a field that cases do not have',
      (file: string) => file.replace('"version":1', '"version":1,"verdict":"accepted"'),
    ],
    ['a bundle that is no base64', (file: string) => file.replace('"bundle":"', '"bundle":"?')],
    ['a miner beyond 32 bits', (file: string) => file.replace('"miner":3', '"miner":4294967296')],
  ])('with %s is refused', (_, change) => {
    const file = encodeCase(caseOf(honest))
    expect(change(file)).not.toBe(file)
    expect(() => parseCase(change(file), 'file')).toThrow(expect.objectContaining({ code: 'CASE_MALFORMED' }))
  })
})
