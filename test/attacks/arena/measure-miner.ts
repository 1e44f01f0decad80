import type { PeerRule } from '../../../bench/peers/peer-rule.ts'
import { decodeBundle } from '../../../shared/protocol/bundle.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { type Arena, firstAttacker, isExcluded, type PlayedWindow } from './arena.ts'
import type { MinerAttack } from './attack.ts'
import type { Ground } from './ground.ts'
import type { MinerProgram, Submission } from './miner-program.ts'
import { judgeWindow } from './validator.ts'

export interface MinerOutcome {
  /** Share of rollouts that a full audit rejects, of those that it could have accepted. */
  readonly detectionPerRollout: number
  /** Share of rollouts whose tokens are not the owed ones; null where the bundle cannot be read. */
  readonly differing: number | null
  /** Share of positions outside a tolerance when every position is sketched; null without a forward pass. */
  readonly detectionPerPosition: number | null
  /** Reasons of a full audit and their counts. */
  readonly reasons: Readonly<Record<string, number>>
  /** Counted from 1; null when it outlives the run. */
  readonly windowsToExclusion: number | null
  /** Incentive until exclusion, as a share of what honest work of the same identities earns in these windows. */
  readonly incentiveTaken: number
  /** Per peer's rule, the share of rollouts that it rejects; null where it does not apply. */
  readonly peers: Readonly<Record<string, number | null>>
  /** Compared positions and violations of each fully audited rollout: what the simulation draws from. */
  readonly observed: readonly { readonly positions: number; readonly violations: number }[]
}

/** Audits one of the attacker's windows in full, then lets it live under the default audit rate. */
export async function measureMiner(
  arena: Arena,
  attack: MinerAttack,
  peers: readonly PeerRule[],
): Promise<MinerOutcome> {
  const { ground } = arena
  const program = await attack.start(ground)
  const identities = Array.from({ length: attack.identities ?? 1 }, (_, i) => firstAttacker + i)
  const played = await arena.play(program, identities)
  const last = played.at(-1) as PlayedWindow[]
  return {
    ...(await auditInFull(ground, program, identities[0], played[0][0].submission, peers)),
    windowsToExclusion: last.every(isExcluded) ? played.length : null,
    incentiveTaken: await incentiveTaken(arena, identities, played),
  }
}

async function auditInFull(
  ground: Ground,
  program: MinerProgram,
  miner: number,
  submission: Submission | null,
  peers: readonly PeerRule[],
): Promise<Omit<MinerOutcome, 'windowsToExclusion' | 'incentiveTaken'>> {
  const { maxTokens } = ground.policy.manifest.sampling
  const rules = { ...ground.rules, auditRatePpm: 1_000_000, sketchPositions: maxTokens }
  const subject = { window: 0, miner, validator: 0 }
  const { report, reasons } = await judgeWindow({ ...ground, rules }, subject, submission)
  if (!report || report.bundleRejection) {
    const detectionPerRollout = submission === null ? 0 : 1
    const none = Object.fromEntries(peers.map(({ name }) => [name, null]))
    return {
      detectionPerRollout,
      differing: null,
      detectionPerPosition: null,
      reasons,
      peers: none,
      observed: [],
    }
  }
  const { verdicts } = report
  const groups = await readGroups(ground, submission as Submission)
  const positions = verdicts.reduce((sum, verdict) => sum + verdict.positions, 0)
  const violations = verdicts.reduce((sum, verdict) => sum + verdict.violations, 0)
  return {
    detectionPerRollout: verdicts.filter(({ rejection }) => rejection).length / verdicts.length,
    differing: shareDiffering(groups, await ground.owed(0, miner)),
    detectionPerPosition: violations / positions,
    reasons,
    peers: await judgeByPeers(ground, program, miner, groups, peers),
    observed: verdicts.map((verdict) => ({ positions: verdict.positions, violations: verdict.violations })),
  }
}

async function readGroups(
  { rules, policy, auditSeed }: Ground,
  submission: Submission,
): Promise<readonly Group[]> {
  const bytes = (await submission.serve(0, auditSeed(0))) as Uint8Array
  const { maxTokens } = policy.manifest.sampling
  const { bundle } = decodeBundle(bytes, { rules, maxTokens, vocabulary: policy.session.vocabulary })
  return bundle?.groups ?? []
}

function shareDiffering(given: readonly Group[], owed: readonly Group[]): number {
  const tokens = (groups: readonly Group[]) =>
    groups.flatMap(({ rollouts }) => rollouts.map((rollout) => rollout.tokens.join()))
  const expected = tokens(owed)
  const actual = tokens(given)
  return actual.filter((text, i) => text !== expected[i]).length / actual.length
}

async function judgeByPeers(
  ground: Ground,
  program: MinerProgram,
  miner: number,
  groups: readonly Group[],
  peers: readonly PeerRule[],
): Promise<Record<string, number | null>> {
  const { policy } = ground
  const windowSeed = ground.windowSeed(0)
  const cases = groups.flatMap(({ index, rollouts }) => {
    const { prompt } = deriveChallenge(policy, windowSeed, miner, index)
    return rollouts.map((rollout, r) => ({ windowSeed, miner, group: index, index: r, prompt, rollout }))
  })
  const rejected: Record<string, number | null> = {}
  for (const { name, accepts } of peers) {
    const verdicts = await accepts(cases, { owed: policy, run: program.model ?? policy })
    rejected[name] = verdicts && verdicts.filter((accepted) => !accepted).length / verdicts.length
  }
  return rejected
}

/** Excluded identities keep what they had and get nothing more, so later windows cannot change the ratio up. */
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
