import type { Address, Hex } from 'viem'
import type { Policy } from '../model/policy.ts'
import { assertBeaconChain } from '../shared/beacon/chain-info.ts'
import { type VerifiedRound, verifyRound } from '../shared/beacon/verify-round.ts'
import { SubnetError } from '../shared/errors.ts'
import { ownSample, type RolloutIndex, sharedSample } from '../shared/protocol/audit.ts'
import { openBundle, readGroup } from '../shared/protocol/bundle.ts'
import { bundleLimits } from '../shared/protocol/bundle-limits.ts'
import { completionText, deriveChallenge } from '../shared/protocol/challenge.ts'
import { checkChallenge } from '../shared/protocol/checks/challenge.ts'
import { checkCommitment } from '../shared/protocol/checks/commitment.ts'
import type { PositionsChecked } from '../shared/protocol/checks/compare-positions.ts'
import { checkReward } from '../shared/protocol/checks/reward.ts'
import { checkTermination } from '../shared/protocol/checks/termination.ts'
import type { Group } from '../shared/protocol/rollout.ts'
import { auditSeed, windowSeed } from '../shared/protocol/seed.ts'
import type { CheckName, Rejection } from '../shared/protocol/verdict.ts'
import { mergeVerdict } from './audit-bundle.ts'
import type { ExplainCase } from './explain-case.ts'
import { recompute } from './recompute.ts'

export type Numbers = Rejection['numbers']

/** One check and the numbers that decided it. */
export interface ExplainedCheck {
  readonly check: CheckName
  /** null: not looked at, since an earlier check refuses the whole bundle. */
  readonly passed: boolean | null
  readonly numbers: Numbers
}

/** A token that is not the owed one, as people read it. */
export interface TokenDifference {
  readonly position: number
  /** The completion up to there, which both share. */
  readonly before: string
  readonly owed: { readonly token: number; readonly text: string; readonly probability: number }
  readonly given: { readonly token: number; readonly text: string; readonly probability: number }
}

export interface Explanation {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  /** Where every random number came from. */
  readonly seeds: {
    readonly chainId: number
    readonly subnet: Address
    readonly blockHash: Hex
    readonly beacon: string
    readonly openRound: VerifiedRound
    readonly auditRound: VerifiedRound
    readonly windowSeed: Hex
    readonly auditSeed: Hex
  }
  readonly policy: { readonly manifestHash: Hex; readonly profile: string; readonly kernels: string }
  /** Who must audit this rollout. Nobody: then its model checks below are what an audit would have found. */
  readonly selected: { readonly shared: boolean; readonly byValidators: readonly number[] } | null
  readonly checks: readonly ExplainedCheck[]
  /** The first that differs, in the order of an audit; null where the rollout is what the miner owed. */
  readonly rejection: Rejection | null
  readonly difference: TokenDifference | null
  /** null where the bundle as a whole is refused. */
  readonly text: {
    readonly prompt: string
    readonly completion: string
    readonly tokens: readonly DeclaredToken[]
  } | null
}

/** A token of the completion with what the miner declared of it. */
export interface DeclaredToken {
  readonly text: string
  /** In nats; the check of that name compares it with the policy's. */
  readonly logProbability: number
}

const perRollout = ['challenge', 'termination', 'sampling', 'sketch', 'log-probability', 'reward'] as const

/**
 * Derives one rollout's verdict again, from nothing but a case and the policy that the case names. The same input
 * gives the same explanation, on every machine of one kernel class (under the exact profile: on every machine).
 * @throws SubnetError BEACON_INVALID, BEACON_CHAIN_INVALID, NOT_IN_BUNDLE
 */
export async function explainRollout(
  policy: Policy,
  facts: ExplainCase,
  { group, rollout }: RolloutIndex,
): Promise<Explanation> {
  const seeds = await deriveSeeds(facts)
  const about = {
    ...{ window: facts.window, miner: facts.miner, group, rollout, seeds },
    policy: {
      manifestHash: policy.manifestHash,
      profile: policy.manifest.numerics.profile,
      kernels: policy.manifest.numerics.kernels,
    },
  }
  const place = { group, rollout }
  const read = readCase(policy, facts, seeds.auditSeed, place)
  if (!read.group) {
    const { checks, rejection } = read
    const skipped = perRollout.map((check) => ({ check, passed: null, numbers: {} }))
    const nothing = { selected: null, difference: null, text: null }
    return { ...about, ...nothing, checks: [...checks, ...skipped], rejection }
  }
  const explained = await explainChecks(policy, facts, seeds, read.group, place)
  const selected = selectionOf(facts, seeds.auditSeed, place)
  return { ...about, ...explained, selected, checks: [...read.checks, ...explained.checks] }
}

/** @throws SubnetError BEACON_INVALID, BEACON_CHAIN_INVALID */
export async function deriveSeeds(facts: ExplainCase): Promise<Explanation['seeds']> {
  const { chainId, subnet, window, blockHash, beacon } = facts
  assertBeaconChain(beacon)
  const openRound = await verifyRound(beacon, BigInt(facts.openRound.round), facts.openRound)
  const auditRound = await verifyRound(beacon, BigInt(facts.auditRound.round), facts.auditRound)
  const { randomness } = openRound
  const seed = windowSeed({ chainId, rolloutLog: subnet, window, blockHash, randomness })
  return {
    ...{ chainId, subnet, blockHash, beacon: beacon.hash, openRound, auditRound },
    windowSeed: seed,
    auditSeed: auditSeed(seed, auditRound.randomness),
  }
}

type ReadCase = { readonly checks: readonly ExplainedCheck[] } & (
  | { readonly group: Group; readonly rejection?: undefined }
  | { readonly group?: undefined; readonly rejection: Rejection }
)

/** The checks that refuse a bundle as a whole: as an audit makes them, where it reads the group that is asked for. */
function readCase(policy: Policy, facts: ExplainCase, auditSeedHex: Hex, place: RolloutIndex): ReadCase {
  const { rules, chainId, subnet, window, miner, commitment } = facts
  const limits = bundleLimits(policy, rules)
  const opened = openBundle(facts.bundle, limits)
  if (opened.rejection) return refuse([], opened.rejection)
  const { header } = opened.value
  const groups = header.groupHashes.length
  const format = pass('format', { bytes: facts.bundle.length, groups })
  const committed = { chainId, subnet, window, miner, policy: facts.policy, ...commitment }
  const foreign = checkCommitment(opened.value, committed)
  if (foreign) return refuse([format], foreign)
  assertPlace(place, groups, rules.groupSize)
  const everyAudit = sharedSample(auditSeedHex, miner, groups, rules).map(({ group }) => group)
  const indices = [...new Set([...everyAudit, place.group])].sort((a, b) => a - b)
  const read = indices.map((index) => readGroup(opened.value, index, limits))
  const refused = read.find(({ rejection }) => rejection)?.rejection
  const same = pass('commitment', { ...commitment })
  if (refused) return refuse([format, same], refused)
  const { value: group } = read[indices.indexOf(place.group)]
  const complete = pass('completeness', { groups, read: indices.length })
  return { group: group as Group, checks: [format, same, complete] }
}

const pass = (check: CheckName, numbers: Numbers): ExplainedCheck => ({ check, passed: true, numbers })

function refuse(before: readonly ExplainedCheck[], rejection: Rejection): ReadCase {
  const order = ['format', 'commitment', 'completeness'] as const
  const checks = order.map((check, i): ExplainedCheck => {
    if (check === rejection.check) return { check, passed: false, numbers: rejection.numbers }
    return before[i] ?? { check, passed: null, numbers: {} }
  })
  return { checks, rejection }
}

function assertPlace({ group, rollout }: RolloutIndex, groups: number, groupSize: number): void {
  if (group < groups && rollout < groupSize) return
  throw new SubnetError(
    'NOT_IN_BUNDLE',
    `there is no rollout ${rollout} of group ${group}: the bundle has groups 0 to ${groups - 1} of ${groupSize} rollouts`,
    { details: { group, rollout } },
  )
}

async function explainChecks(
  policy: Policy,
  facts: ExplainCase,
  seeds: Explanation['seeds'],
  group: Group,
  place: RolloutIndex,
): Promise<Pick<Explanation, 'checks' | 'rejection' | 'difference' | 'text'>> {
  const { codec, environment, manifest } = policy
  const { sampling } = manifest
  const { miner, window, rules } = facts
  const rollout = group.rollouts[place.rollout]
  const challenge = deriveChallenge(policy, seeds.windowSeed, miner, place.group)
  const completion = completionText(codec, rollout.tokens, sampling.endToken)
  const judgement = environment.judge(challenge.problem, completion)

  const prompt = checkChallenge(group, challenge)
  const ending = checkTermination(rollout, sampling)
  const reward = checkReward(rollout, judgement)
  // The validator's uid decides which sample is its own, and nothing about a verdict.
  const job = { window, windowSeed: seeds.windowSeed, auditSeed: seeds.auditSeed, miner, validator: 0, rules }
  const audited = { challenge, index: place.rollout, rollout, own: false }
  const [recomputed] = await recompute(policy, job, [audited])
  const { checked } = recomputed
  const verdict = mergeVerdict(place.group, place.rollout, prompt ?? ending ?? reward, recomputed)
  const tokens = rollout.tokens.length
  const { maxTokens } = sampling
  const judged = { claimed: rollout.reward, ...judgement }
  return {
    checks: [
      decided('challenge', prompt, {
        promptHash: challenge.promptHash,
        promptTokens: challenge.prompt.length,
      }),
      decided('termination', ending, { finish: rollout.finish, tokens, maxTokens }),
      measured('sampling', checked.sampling),
      measured('sketch', checked.sketch),
      measured('log-probability', checked.logProbability),
      decided('reward', reward, judged),
    ],
    rejection: verdict.rejection,
    difference: differenceOf(policy, rollout.tokens, checked.sampling.rejection),
    text: {
      prompt: codec.decode(challenge.prompt),
      completion,
      tokens: rollout.tokens.map((token, position) => ({
        text: codec.decode([token]),
        logProbability: rollout.logProbabilities[position],
      })),
    },
  }
}

function decided(check: CheckName, rejection: Rejection | null, numbers: Numbers): ExplainedCheck {
  return { check, passed: rejection === null, numbers: { ...numbers, ...rejection?.numbers } }
}

function measured(check: CheckName, { rejection, ...found }: PositionsChecked): ExplainedCheck {
  const { positions, violations, deviation, at, tolerance } = found
  const overall = { positions, violations, largestDeviation: deviation, largestAt: at, tolerance }
  return { check, passed: rejection === null, numbers: { ...overall, ...rejection?.numbers } }
}

function differenceOf(
  { codec }: Policy,
  tokens: readonly number[],
  rejection: Rejection | null,
): TokenDifference | null {
  if (rejection === null) return null
  const { position, owed, given, owedProbability, givenProbability } = rejection.numbers as Record<
    string,
    number
  >
  const side = (token: number, probability: number) => {
    return { token, text: token < 0 ? '' : codec.decode([token]), probability }
  }
  return {
    position,
    before: codec.decode(tokens.slice(0, position)),
    owed: side(owed, owedProbability),
    given: side(given, givenProbability),
  }
}

function selectionOf(
  { miner, rules, validators, commitment }: ExplainCase,
  auditSeedHex: Hex,
  place: RolloutIndex,
): Explanation['selected'] {
  const contains = (sample: readonly RolloutIndex[]) =>
    sample.some(({ group, rollout }) => group === place.group && rollout === place.rollout)
  const uids = Array.from({ length: validators }, (_, uid) => uid)
  return {
    shared: contains(sharedSample(auditSeedHex, miner, commitment.groups, rules)),
    byValidators: uids.filter((uid) =>
      contains(ownSample(auditSeedHex, uid, miner, commitment.groups, rules)),
    ),
  }
}
