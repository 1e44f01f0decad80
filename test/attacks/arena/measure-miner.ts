import type { comparePeers } from '../../../bench/peers/compare.ts'
import { decodeBundle } from '../../../shared/protocol/bundle.ts'
import { bundleLimits } from '../../../shared/protocol/bundle-limits.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { minerScore } from '../../../shared/protocol/score.ts'
import type { AuditReport } from '../../../validator/audit-bundle.ts'
import { type Arena, firstAttacker, isExcluded, type PlayedWindow } from './arena.ts'
import type { MinerAttack } from './attack.ts'
import type { Ground } from './ground.ts'
import type { MinerProgram, Submission } from './miner-program.ts'
import { type Judged, judgeWindow } from './validator.ts'

/** One fully audited rollout: what the simulation draws from. */
export interface Observed {
  readonly positions: number
  readonly violations: number
  readonly accepted: boolean
}

export interface MinerOutcome {
  /** Share of rollouts that a full audit rejects. */
  readonly detectionPerRollout: number
  /** Share of rollouts whose tokens are not the owed ones; null where the bundle cannot be read. */
  readonly differing: number | null
  /** Share of positions outside a tolerance when every position is sketched; null without a forward pass. */
  readonly detectionPerPosition: number | null
  /** What the window would earn if nobody looked, as a multiple of honest pay; null where it cannot be read. */
  readonly payUnchecked: number | null
  /** Reasons of a full audit and their counts. */
  readonly reasons: Readonly<Record<string, number>>
  /** Counted from 1; null when it outlives the run. */
  readonly windowsToExclusion: number | null
  /** Incentive until exclusion, as a share of what honest work of the same identities earns in these windows. */
  readonly incentiveTaken: number
  /** Share of its rollouts that each peer's rule rejects; empty where there is nothing to show them. */
  readonly peers: Readonly<Record<string, number>>
  readonly observed: readonly Observed[]
}

/**
 * Audits one of the attacker's windows in full, then lets it live under the default audit rate.
 * @param compare other schemes' rules, asked about the same rollouts; null asks none
 */
export async function measureMiner(
  arena: Arena,
  attack: MinerAttack,
  compare: typeof comparePeers | null,
): Promise<MinerOutcome> {
  const { ground } = arena
  const program = await attack.start(ground)
  const identities = Array.from({ length: attack.identities ?? 1 }, (_, i) => firstAttacker + i)
  const played = await arena.play(program, identities)
  const windowsToExclusion = played.at(-1)?.every(isExcluded) ? played.length : null
  const shown =
    identities[
      Math.max(
        0,
        played[0].findIndex(({ submission }) => submission),
      )
    ]
  const { submission } = played[0][shown - firstAttacker]
  const judged = await auditInFull(ground, shown, submission)
  return {
    ...(await describe(ground, program, shown, submission, judged, compare)),
    ...(attack.looksFirst && { observed: [] }),
    windowsToExclusion,
    incentiveTaken: await incentiveTaken(arena, identities, played),
  }
}

/** Every rollout, and the sketch of every position. */
export function auditInFull(ground: Ground, miner: number, submission: Submission | null, window = 0) {
  const { maxTokens } = ground.policy.manifest.sampling
  const rules = { ...ground.rules, auditRatePpm: 1_000_000, sketchPositions: maxTokens }
  return judgeWindow({ ...ground, rules }, { window, miner, validator: 0 }, submission)
}

async function describe(
  ground: Ground,
  program: MinerProgram,
  miner: number,
  submission: Submission | null,
  { report, reasons }: Judged,
  compare: typeof comparePeers | null,
): Promise<Omit<MinerOutcome, 'windowsToExclusion' | 'incentiveTaken'>> {
  if (!report || report.bundleRejection || !submission) {
    const unread = { differing: null, detectionPerPosition: null, payUnchecked: null, observed: [] }
    return { ...unread, detectionPerRollout: submission ? 1 : 0, reasons, peers: {} }
  }
  const { verdicts } = report
  const groups = await readGroups(ground, submission)
  const positions = verdicts.reduce((sum, verdict) => sum + verdict.positions, 0)
  const violations = verdicts.reduce((sum, verdict) => sum + verdict.violations, 0)
  return {
    detectionPerRollout: verdicts.filter(({ rejection }) => rejection).length / verdicts.length,
    differing: shareDiffering(groups, await ground.owed(0, miner)),
    detectionPerPosition: violations / positions,
    payUnchecked: await payUnchecked(ground, miner, report),
    reasons,
    peers: compare ? await judgeByPeers(ground, program, miner, groups, compare) : {},
    observed: verdicts.map((verdict) => ({
      positions: verdict.positions,
      violations: verdict.violations,
      accepted: verdict.rejection === null,
    })),
  }
}

async function readGroups(ground: Ground, submission: Submission): Promise<readonly Group[]> {
  const { rules, policy, auditSeed } = ground
  const bytes = (await submission.serve(0, auditSeed(0))) as Uint8Array
  const { value: bundle } = decodeBundle(bytes, bundleLimits(policy, rules))
  return bundle?.groups ?? []
}

function shareDiffering(given: readonly Group[], owed: readonly Group[]): number {
  const tokens = (groups: readonly Group[]) =>
    groups.flatMap(({ rollouts }) => rollouts.map((rollout) => rollout.tokens.join()))
  const expected = tokens(owed)
  const actual = tokens(given)
  return actual.filter((text, i) => text !== expected[i]).length / actual.length
}

async function payUnchecked(ground: Ground, miner: number, { scoredGroups }: AuditReport): Promise<number> {
  const { policy, rules } = ground
  const owed = (await ground.owed(0, miner)).map((group) => {
    const { problem } = deriveChallenge(policy, ground.windowSeed(0), miner, group.index)
    return group.rollouts.map(({ tokens }) => {
      const text = policy.codec.decode(tokens.filter((token) => token !== policy.manifest.sampling.endToken))
      return { ...policy.environment.judge(problem, text), tokens: tokens.length }
    })
  })
  const pay = (judged: AuditReport['scoredGroups']) => {
    const all = { scoredGroups: judged, committedGroups: judged.length }
    return minerScore({ ...all, auditedTokens: 1, acceptedTokens: 1, excluded: false }, rules.coefficients)
  }
  return Number(pay(scoredGroups)) / Number(pay(owed))
}

async function judgeByPeers(
  ground: Ground,
  { model, proof = 'computed' }: MinerProgram,
  miner: number,
  groups: readonly Group[],
  compare: typeof comparePeers,
): Promise<Record<string, number>> {
  const { policy } = ground
  const windowSeed = ground.windowSeed(0)
  const cases = groups.flatMap(({ index, rollouts }) => {
    const { prompt } = deriveChallenge(policy, windowSeed, miner, index)
    return rollouts.map((rollout, r) => ({ windowSeed, miner, group: index, index: r, prompt, rollout }))
  })
  const owed = await ground.inspect(policy)
  const run = await ground.inspect(model ?? policy)
  const accepted = await compare(cases, { owed, run, proof })
  return Object.fromEntries(Object.entries(accepted).map(([name, share]) => [name, 1 - share]))
}

async function incentiveTaken(
  arena: Arena,
  identities: readonly number[],
  played: readonly (readonly PlayedWindow[])[],
): Promise<number> {
  let taken = 0
  let honest = 0
  for (const [window, row] of played.entries()) {
    const twins = new Map<number, PlayedWindow>()
    for (const uid of identities) twins.set(uid, (await arena.honest(uid))[window])
    taken += await arena.incentive(window, new Map(identities.map((uid, i) => [uid, row[i]])))
    honest += await arena.incentive(window, twins)
  }
  return taken / honest
}
