import { decideConsensus, type EpochValidator } from '../../../shared/protocol/consensus.ts'
import { type EvidencePoint, evidenceRoot, pointsOwed } from '../../../shared/protocol/evidence.ts'
import { weightRow } from '../../../shared/protocol/score.ts'
import { checkEvidence, type EvidenceOutcome } from '../../../validator/check-evidence.ts'
import type { ScoreReveal, ValidatorAttack } from '../validators/validator-attack.ts'
import { friend, victim } from '../validators/validator-attack.ts'
import { type Arena, honestMiners, stake, validators } from './arena.ts'
import { type Judged, judgeWindow } from './validator.ts'

export interface ValidatorOutcome {
  /** Dividends, as a share of what honest work of the same stake earns. */
  readonly dividendTaken: number
  /** How much less the victim earned, and how much more the friend did: shares of what they earn otherwise. */
  readonly victimLoses: number
  readonly friendGains: number
  /** What attacker and friend together gain, as a share of the epoch's emission. */
  readonly bothNet: number
  /** What a recomputation of its evidence ends in, epochs counted. */
  readonly evidence: Readonly<Partial<Record<EvidenceOutcome | 'none revealed', number>>>
  readonly epochs: number
}

/** One quarter of the stake, beside three honest validators. */
const attacker = validators.length

/** Plays the epochs of the honest miners once with the attacker and once with honest work in its place. */
export async function measureValidator(arena: Arena, attack: ValidatorAttack): Promise<ValidatorOutcome> {
  const minerShare = arena.epochRules.minerSharePpm / 1_000_000
  const sums = { taken: 0, honest: 0, victim: 0, victimHonest: 0, friend: 0, friendHonest: 0 }
  const evidence: Partial<Record<EvidenceOutcome | 'none revealed', number>> = {}
  let lastRevealed: ScoreReveal[] | null = null
  for (let epoch = 0; epoch < arena.windows; epoch++) {
    const leaked = await Promise.all(validators.map((validator) => workOf(arena, validator, epoch)))
    const own = await workOf(arena, attacker, epoch)
    const view = { miners: honestMiners.length, work: async () => own, lastRevealed, leaked }
    const reveal = await attack.score(view)
    const [played, twin] = [reveal, own].map((last) => settle(arena, [...leaked, last]))
    sums.taken += played.dividend
    sums.honest += twin.dividend
    sums.victim += played.incentive(victim)
    sums.victimHonest += twin.incentive(victim)
    sums.friend += played.incentive(friend)
    sums.friendHonest += twin.incentive(friend)
    const outcome = reveal.weights ? recheck(arena, epoch, reveal, own.evidence) : 'none revealed'
    evidence[outcome] = (evidence[outcome] ?? 0) + 1
    lastRevealed = leaked
  }
  return {
    dividendTaken: sums.taken / sums.honest,
    victimLoses: 1 - sums.victim / sums.victimHonest,
    friendGains: sums.friend / sums.friendHonest - 1,
    bothNet:
      ((sums.friend - sums.friendHonest) * minerShare + (sums.taken - sums.honest) * (1 - minerShare)) /
      arena.windows,
    evidence,
    epochs: arena.windows,
  }
}

/** A validator's row over the honest miners and its evidence for it, with the audits really run. */
async function workOf(arena: Arena, validator: number, window: number): Promise<ScoreReveal> {
  const { ground } = arena
  const judged: Judged[] = []
  for (const miner of honestMiners) {
    const played = (await arena.honest(miner))[window]
    judged.push(
      played.judged[validator] ??
        (await judgeWindow(ground, { window, miner, validator }, played.submission)),
    )
  }
  const weights = weightRow(judged.map(({ score }) => score))
  const points = judged.flatMap(({ report }) => report?.evidence ?? [])
  return { weights, evidence: pointsOwed(points, weights) }
}

function settle({ epochRules }: Arena, reveals: readonly ScoreReveal[]) {
  const rows = reveals.map(({ weights }): EpochValidator => ({ stake, weights }))
  const decided = decideConsensus(rows, epochRules)
  if (!decided) return { dividend: 0, incentive: () => 0 }
  const { ranks, dividends, validatorUids } = decided
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const at = validatorUids.indexOf(attacker)
  return {
    dividend: at < 0 ? 0 : dividends[at] / total,
    incentive: (miner: number) => ranks[miner] / total,
  }
}

function recheck(
  { ground }: Arena,
  epoch: number,
  { weights, evidence }: ScoreReveal,
  owed: readonly EvidencePoint[],
): EvidenceOutcome {
  const { sketchStep, sketchTolerance } = ground.policy.manifest.numerics
  const claim = {
    validator: attacker,
    epoch,
    weights: weights ?? [],
    evidenceRoot: evidenceRoot(evidence),
    opening: evidence,
  }
  const pairs = honestMiners.map((miner) => ({
    window: epoch,
    miner,
    points: owed.filter((point) => point.miner === miner),
    sketchStep,
    sketchTolerance,
  }))
  return checkEvidence(claim, pairs).outcome
}
