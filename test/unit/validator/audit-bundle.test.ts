import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateGroups } from '../../../miner/generate-groups.ts'
import type { Policy } from '../../../model/policy.ts'
import { ownSample, sharedSample } from '../../../shared/protocol/audit.ts'
import { encodeBundle } from '../../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../../shared/protocol/commitment.ts'
import { type EvidencePoint, evidenceRoot } from '../../../shared/protocol/evidence.ts'
import type { Bundle, Group, Rollout } from '../../../shared/protocol/rollout.ts'
import type { Rules } from '../../../shared/protocol/rules.ts'
import type { Reason } from '../../../shared/protocol/verdict.ts'
import { type AuditJob, auditBundle } from '../../../validator/audit-bundle.ts'
import { summarise } from '../../../validator/summarise.ts'
import { openDefaultPolicy } from '../../helpers/default-policy.ts'
import { createSeededRandom } from '../../helpers/seeded-random.ts'

const windowSeed = `0x${'5a'.repeat(32)}` as const
const auditSeed = `0x${'a5'.repeat(32)}` as const
/** Everything is audited, at every position. */
const rules: Rules = {
  groupSize: 4,
  maxGroups: 6,
  auditRatePpm: 1_000_000,
  auditFloor: 1,
  sketchPositions: 64,
  coefficients: { base: 1, correctness: 1, reasoning: 1, satisfaction: 1, signal: 1 },
}
const miner = 3
const maxTokens = 24

let policy: Policy
let honest: Bundle
let ended: Place
let cut: Place

beforeAll(async () => {
  policy = await openDefaultPolicy({})
  honest = bundleOf(await generate(policy, miner))
  ended = place((rollout) => rollout.finish === 'end' && rollout.tokens.length < maxTokens)
  cut = place((rollout) => rollout.finish === 'length')
})
afterAll(() => policy.session.close())

const generate = (by: Policy, forMiner: number) =>
  generateGroups(by, {
    policy: by.manifestHash,
    windowSeed,
    miner: forMiner,
    firstGroup: 0,
    groups: rules.maxGroups,
    groupSize: rules.groupSize,
  })

const bundleOf = (groups: readonly Group[]): Bundle => ({
  chainId: 31_337,
  subnet: `0x${'ab'.repeat(20)}`,
  window: 7,
  miner,
  policy: policy.manifestHash,
  groups,
})

/** The job that a validator makes of a bundle that was committed as it is. */
function jobOf(bundle: Bundle, changes: Partial<AuditJob> = {}): AuditJob {
  const { chainId, subnet, window, policy: policyHash } = honest
  return {
    bytes: encodeBundle(bundle),
    committed: { chainId, subnet, window, miner, policy: policyHash, ...commitmentOf(bundle) },
    window,
    windowSeed,
    auditSeed,
    miner,
    validator: 1,
    rules,
    suspect: false,
    ...changes,
  }
}
const audit = (bundle: Bundle, changes: Partial<AuditJob> = {}) => auditBundle(policy, jobOf(bundle, changes))

interface Place {
  readonly group: number
  readonly rollout: number
}
function place(wanted: (rollout: Rollout) => boolean): Place {
  for (const { index, rollouts } of honest.groups) {
    const rollout = rollouts.findIndex(wanted)
    if (rollout >= 0) return { group: index, rollout }
  }
  throw new Error('the policy gave no such rollout')
}
const at = ({ group, rollout }: Place): Rollout => honest.groups[group].rollouts[rollout]

/** The honest bundle with one rollout changed. */
function withRollout(where: Place, change: (rollout: Rollout) => Partial<Rollout>): Bundle {
  const groups = honest.groups.map((group) => {
    if (group.index !== where.group) return group
    const changed = { ...at(where), ...change(at(where)) }
    return { ...group, rollouts: group.rollouts.with(where.rollout, changed) }
  })
  return { ...honest, groups }
}

/** The first `length` tokens, with what belongs to them. */
const shortened = ({ tokens, sketches, logProbabilities }: Rollout, length: number) => ({
  tokens: tokens.slice(0, length),
  sketches: sketches.slice(0, 4 * length),
  logProbabilities: logProbabilities.slice(0, length),
})

async function expectRejectedAlone(bundle: Bundle, where: Place, reason: Reason) {
  const { bundleRejection, verdicts } = await audit(bundle)
  expect(bundleRejection).toBeNull()
  const rejected = verdicts.filter(({ rejection }) => rejection)
  expect(
    rejected.map(({ group, rollout, rejection }) => ({ group, rollout, reason: rejection?.reason })),
  ).toEqual([{ ...where, reason }])
  expect(rejected[0].violations).toBeGreaterThan(0)
  return rejected[0]
}

describe('an honest bundle', () => {
  it('is accepted whole, without any drift on the machine that made it', async () => {
    const report = await audit(honest)
    const summary = summarise(report)
    expect(summary).toMatchObject({ audited: 24, accepted: 24, rejected: 0, reasons: {}, violations: 0 })
    expect(summary.drift).toEqual({ sampling: 0, sketch: 0, logProbability: 0 })
    expect(report.scoredGroups.map((group) => group.map(({ reward }) => reward))).toEqual(
      honest.groups.map(({ rollouts }) => rollouts.map(({ reward }) => reward)),
    )
    // Not an empty proof: some completions were cut, some ended, and some were right.
    const rollouts = honest.groups.flatMap((group) => group.rollouts)
    expect(new Set(rollouts.map(({ finish }) => finish)).size).toBe(2)
    expect(new Set(rollouts.map(({ reward }) => reward)).size).toBeGreaterThan(1)
  })

  it('is the same bytes when it is made again, in batches of any size', async () => {
    const groups: Group[] = []
    for (const count of [1, 3, 2]) {
      const task = { policy: policy.manifestHash, windowSeed, miner, groupSize: rules.groupSize }
      groups.push(...(await generateGroups(policy, { ...task, firstGroup: groups.length, groups: count })))
    }
    expect(encodeBundle(bundleOf(groups))).toEqual(encodeBundle(honest))
  })

  it('is accepted with zero tolerance under the exact profile', async () => {
    const exact = await openDefaultPolicy({ profile: 'exact' })
    expect(exact.manifest.numerics).toMatchObject({
      samplingTolerance: 0,
      sketchTolerance: 0,
      logprobTolerance: 0,
    })
    const bundle = { ...honest, policy: exact.manifestHash, groups: await generate(exact, miner) }
    const job = jobOf(bundle)
    const report = await auditBundle(exact, {
      ...job,
      committed: { ...job.committed, policy: exact.manifestHash },
    })
    await exact.session.close()
    expect(summarise(report)).toMatchObject({ audited: 24, rejected: 0 })
  })

  it('is accepted by a validator with other kernels, within the fast profile’s tolerances', async () => {
    const otherMachine = await openDefaultPolicy({ profile: 'fast', kernels: 'exact' })
    const { rejected, drift } = summarise(await auditBundle(otherMachine, jobOf(honest)))
    await otherMachine.session.close()
    expect(rejected).toBe(0)
    expect(drift.logProbability).toBeGreaterThan(0)
  })
})

describe('a single fault in a rollout', () => {
  it('of a token changed is a token not owed', async () => {
    const position = 5
    const bundle = withRollout(ended, ({ tokens }) => ({
      tokens: tokens.with(position, tokens[position] === 9 ? 10 : 9),
    }))
    const { rejection } = await expectRejectedAlone(bundle, ended, 'TOKEN_NOT_OWED')
    expect(rejection?.numbers).toMatchObject({ position, owed: at(ended).tokens[position] })
  })

  it('of an end token written too early is a token not owed', async () => {
    const bundle = withRollout(ended, (rollout) => {
      const { tokens, ...rest } = shortened(rollout, 6)
      return { ...rest, tokens: tokens.with(5, 0) }
    })
    await expectRejectedAlone(bundle, ended, 'TOKEN_NOT_OWED')
  })

  it.each([
    ['without its end token', (rollout: Rollout) => shortened(rollout, rollout.tokens.length - 1)],
    ['that says it was cut', () => ({ finish: 'length' as const })],
    [
      'padded behind its end token',
      (rollout: Rollout) => ({
        tokens: [...rollout.tokens, 0],
        sketches: Int8Array.of(...rollout.sketches, 0, 0, 0, 0),
        logProbabilities: Float32Array.of(...rollout.logProbabilities, 0),
      }),
    ],
  ])('%s is a false termination', async (_, change) => {
    await expectRejectedAlone(withRollout(ended, change), ended, 'TERMINATION_FALSE')
  })

  it.each([
    ['cut short', (rollout: Rollout) => ({ ...shortened(rollout, 10), finish: 'length' as const })],
    ['cut that says it ended', () => ({ finish: 'end' as const })],
  ])('%s is a false termination', async (_, change) => {
    await expectRejectedAlone(withRollout(cut, change), cut, 'TERMINATION_FALSE')
  })

  it('of one sketch value is a sketch mismatch, once it is beyond tolerance', async () => {
    const shifted = (quanta: number) =>
      withRollout(cut, ({ sketches }) => ({ sketches: sketches.with(15, sketches[15] + quanta) }))
    const { sketchTolerance, sketchStep } = policy.manifest.numerics
    const most = sketchTolerance / sketchStep
    expect(summarise(await audit(shifted(most))).rejected).toBe(0)
    const { rejection } = await expectRejectedAlone(shifted(-most - 1), cut, 'SKETCH_MISMATCH')
    expect(rejection?.numbers).toMatchObject({ position: 3 })
  })

  it('of sketches left at zero is a sketch mismatch at nearly every position', async () => {
    const bundle = withRollout(cut, ({ sketches }) => ({ sketches: new Int8Array(sketches.length) }))
    const { violations } = await expectRejectedAlone(bundle, cut, 'SKETCH_MISMATCH')
    expect(violations).toBeGreaterThanOrEqual(maxTokens - 1)
  })

  it('of a log-probability is a log-probability mismatch', async () => {
    const bundle = withRollout(cut, ({ logProbabilities }) => ({
      logProbabilities: logProbabilities.with(4, logProbabilities[4] + 0.01),
    }))
    await expectRejectedAlone(bundle, cut, 'LOG_PROBABILITY_MISMATCH')
  })

  it('of a reward claimed is a reward mismatch, and the true reward is what counts', async () => {
    const bundle = withRollout(cut, ({ reward }) => ({ reward: reward === 0 ? 1_000_000 : 0 }))
    await expectRejectedAlone(bundle, cut, 'REWARD_MISMATCH')
    const { scoredGroups } = await audit(bundle)
    expect(scoredGroups[cut.group][cut.rollout].reward).toBe(at(cut).reward)
  })
})

describe('a fault in a group', () => {
  it('of another group’s prompt is a prompt mismatch for all of its rollouts', async () => {
    const [first, second, ...rest] = honest.groups
    const bundle = { ...honest, groups: [{ ...first, promptHash: second.promptHash }, second, ...rest] }
    const { reasons } = summarise(await audit(bundle))
    expect(reasons).toEqual({ PROMPT_MISMATCH: 4 })
  })

  it('copied from another miner answers other prompts, and with their hashes put right other tokens', async () => {
    const copied = await generate(policy, miner + 1)
    expect(summarise(await audit(bundleOf(copied))).reasons).toEqual({ PROMPT_MISMATCH: 24 })
    const disguised = copied.map((group, i) => ({ ...group, promptHash: honest.groups[i].promptHash }))
    expect(summarise(await audit(bundleOf(disguised))).reasons).toEqual({ TOKEN_NOT_OWED: 24 })
  })

  it('with its rollouts in another order gives tokens that are not owed', async () => {
    const [first, ...rest] = honest.groups
    const bundle = { ...honest, groups: [{ ...first, rollouts: first.rollouts.toReversed() }, ...rest] }
    const { reasons } = summarise(await audit(bundle))
    expect(Object.keys(reasons)).toEqual(['TOKEN_NOT_OWED'])
  })
})

describe('a bundle as a whole', () => {
  const reasonOf = async (bundle: Bundle, changes: Partial<AuditJob> = {}) => {
    const report = await audit(bundle, changes)
    expect(report).toMatchObject({ scoredGroups: [], verdicts: [], evidence: [] })
    expect(summarise(report).violations).toBe(2)
    return report.bundleRejection?.reason
  }

  it('of another window, miner, subnet or chain is refused', async () => {
    for (const change of [
      { window: 8 },
      { miner: 4 },
      { subnet: `0x${'ac'.repeat(20)}` },
      { chainId: 1 },
    ] as const) {
      expect(await reasonOf({ ...honest, ...change })).toBe('BUNDLE_OF_ANOTHER_WINDOW')
    }
  })

  it('of another policy is refused', async () => {
    expect(await reasonOf({ ...honest, policy: windowSeed })).toBe('BUNDLE_OF_ANOTHER_POLICY')
  })

  it('other than the one committed is refused', async () => {
    const { committed } = jobOf(honest)
    const changed = withRollout(cut, ({ reward }) => ({ reward: reward ^ 1 }))
    expect(await reasonOf(changed, { committed })).toBe('ROOT_MISMATCH')
    expect(await reasonOf(honest, { committed: { ...committed, groups: 5 } })).toBe('ROOT_MISMATCH')
  })

  it('with groups left out, swapped or answered twice is refused', async () => {
    const [first, second, ...rest] = honest.groups
    for (const groups of [
      [first, ...rest],
      [second, first, ...rest],
      [first, first, ...rest],
      [second, ...rest],
    ]) {
      expect(await reasonOf({ ...honest, groups })).toBe('GROUPS_INCOMPLETE')
    }
  })

  it('may end early: groups are owed from 0, not up to the most', async () => {
    const bundle = { ...honest, groups: honest.groups.slice(0, 2) }
    expect(summarise(await audit(bundle))).toMatchObject({ audited: 8, rejected: 0 })
  })

  it('that cannot be read is refused with the reader’s reason', async () => {
    const { bytes } = jobOf(honest)
    expect(await reasonOf(honest, { bytes: bytes.subarray(1) })).toBe('BUNDLE_MALFORMED')
    expect(await reasonOf(honest, { rules: { ...rules, maxGroups: 5 } })).toBe('BUNDLE_MALFORMED')
    const nan = withRollout(cut, ({ logProbabilities }) => ({
      logProbabilities: logProbabilities.with(0, Number.NaN),
    }))
    expect(await reasonOf(nan)).toBe('BUNDLE_OUT_OF_BOUNDS')
  })
})

describe('tokens without sense', () => {
  it('are judged and rejected like any others', async () => {
    const random = createSeededRandom(5)
    const token = () => 1 + Math.floor(random() * (policy.session.vocabulary - 1))
    const rollout = (): Rollout => ({
      tokens: Array.from({ length: maxTokens }, token),
      finish: 'length',
      reward: 0,
      sketches: new Int8Array(4 * maxTokens),
      logProbabilities: new Float32Array(maxTokens),
    })
    const groups = honest.groups.map((group) => ({ ...group, rollouts: group.rollouts.map(rollout) }))
    expect(summarise(await audit(bundleOf(groups))).reasons).toEqual({ TOKEN_NOT_OWED: 24 })
  })
})

describe('the sample', () => {
  const sparse: Rules = { ...rules, auditRatePpm: 125_000, auditFloor: 2, sketchPositions: 4 }

  it('decides which rollouts the model is run on; the rest are checked without it', async () => {
    const { verdicts } = await audit(honest, { rules: sparse })
    const audited = new Set(verdicts.map(({ group, rollout }) => `${group} ${rollout}`))
    for (const { group, rollout } of sharedSample(auditSeed, miner, 6, sparse)) {
      expect(audited).toContain(`${group} ${rollout}`)
    }
    expect(verdicts.length).toBeGreaterThanOrEqual(3)
    expect(verdicts.length).toBeLessThanOrEqual(4)
    const read = new Set(verdicts.map(({ group }) => group))
    const unaudited = (inReadGroup: boolean) =>
      place((rollout) => {
        const group = honest.groups.find(({ rollouts }) => rollouts.includes(rollout)) as Group
        const at = `${group.index} ${group.rollouts.indexOf(rollout)}`
        return !audited.has(at) && read.has(group.index) === inReadGroup
      })
    const falseClaim = ({ reward }: Rollout) => ({ reward: reward ^ 1 })

    const beside = withRollout(unaudited(true), falseClaim)
    const { verdicts: more } = await audit(beside, { rules: sparse })
    expect(more.length).toBe(verdicts.length + 1)
    expect(summarise(await audit(beside, { rules: sparse })).reasons).toEqual({ REWARD_MISMATCH: 1 })

    const elsewhere = withRollout(unaudited(false), falseClaim)
    expect((await audit(elsewhere, { rules: sparse })).verdicts).toEqual(verdicts)
  })

  it('decides which groups a score is made of: the same ones for every validator, all of a suspect’s', async () => {
    const shared = sharedSample(auditSeed, miner, 6, sparse).map(({ group }) => group)
    const rewards = (groups: readonly number[]) =>
      groups.map((group) => honest.groups[group].rollouts.map(({ reward }) => reward))
    const scored = async (changes: Partial<AuditJob>) => {
      const { scoredGroups, committedGroups } = await audit(honest, { rules: sparse, ...changes })
      expect(committedGroups).toBe(6)
      return scoredGroups.map((group) => group.map(({ reward }) => reward))
    }
    for (const validator of [0, 1, 2]) {
      expect(await scored({ validator })).toEqual(rewards([...new Set(shared)]))
    }
    expect(await scored({ suspect: true })).toEqual(rewards([0, 1, 2, 3, 4, 5]))
  })

  it('of a suspect is everything, while the evidence of the validator’s work stays the same', async () => {
    const usual = await audit(honest, { rules: sparse })
    const { verdicts, evidence } = await audit(honest, { rules: sparse, suspect: true })
    expect(verdicts.length).toBe(24)
    expect(evidence).toEqual(usual.evidence)
    const own = ownSample(auditSeed, 1, miner, 6, sparse)
    const covered = new Set(evidence.map(({ group, rollout }) => `${group} ${rollout}`))
    expect([...covered]).toEqual(own.map(({ group, rollout }) => `${group} ${rollout}`))
  })

  it('gives each validator evidence of its own', async () => {
    const reports = await Promise.all([1, 2, 1].map((validator) => audit(honest, { validator })))
    const roots = reports.map(({ evidence }) => evidenceRoot(evidence))
    expect(roots[0]).toBe(roots[2])
    expect(roots[0]).not.toBe(roots[1])
    const [own, other] = reports.map(({ evidence }) => evidence)
    const placeOf = ({ sketch: _, ...point }: EvidencePoint) => JSON.stringify(point)
    const theirs = new Map(other.map((point) => [placeOf(point), point.sketch]))
    const both = own.filter((point) => theirs.has(placeOf(point)))
    // Where both looked, each has a projection of its own.
    expect(both.length).toBeGreaterThan(20)
    expect(both.length).toBeLessThan(own.length)
    const equal = both.filter((point) => point.sketch[0] === theirs.get(placeOf(point))?.[0])
    expect(equal.length).toBeLessThan(both.length / 10)
  })
})

describe('another model', () => {
  it('one small step away is rejected in every rollout, by its sketch or its tokens', async () => {
    const nudge = (value: number, i: number) => value + (i % 2 ? 1e-3 : -1e-3)
    const stale = await openDefaultPolicy({
      change: (weights) =>
        new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(nudge) }])),
    })
    const { reasons, rejected } = summarise(await audit(bundleOf(await generate(stale, miner))))
    await stale.session.close()
    expect(rejected).toBe(24)
    expect(Object.keys(reasons).sort()).toEqual(['SKETCH_MISMATCH', 'TOKEN_NOT_OWED'])
  })
})
