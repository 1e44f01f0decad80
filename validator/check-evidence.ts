import type { Hex } from 'viem'
import { type EvidencePoint, evidenceRoot } from '../shared/protocol/evidence.ts'
import { sketchDistance } from '../shared/protocol/sketch.ts'

/** What a validator stands for in one epoch, as its reveal on chain has it. */
export interface EvidenceClaim {
  readonly validator: number
  readonly epoch: number
  /** By miner uid. */
  readonly weights: readonly number[]
  readonly evidenceRoot: Hex
  /** Everything that lies under the root, where somebody has published it. Only the root vouches for it. */
  readonly opening: readonly EvidencePoint[] | null
}

/** What one commitment of the epoch makes this validator owe, recomputed by whoever checks. */
export interface OwedEvidence {
  readonly window: number
  readonly miner: number
  /** Empty for a bundle that every reader refuses; null where the checker could not recompute it. */
  readonly points: readonly EvidencePoint[] | null
  /** Of the policy that the window used. */
  readonly sketchStep: number
  readonly sketchTolerance: number
}

export type EvidenceFault =
  | { readonly kind: 'weight-without-evidence'; readonly miner: number; readonly weight: number }
  | { readonly kind: 'root-not-owed'; readonly given: Hex; readonly owed: Hex }
  | { readonly kind: 'point-not-owed'; readonly point: EvidencePoint }
  | { readonly kind: 'point-given-twice'; readonly point: EvidencePoint }
  | { readonly kind: 'point-missing'; readonly owed: EvidencePoint }
  | { readonly kind: 'sketch-wrong'; readonly point: EvidencePoint; readonly owed: EvidencePoint }

/**
 * true: the root is what the validator owes. gaps: what it shows is right, but it shows nothing for some window of
 * a miner that it pays for another. false: the faults prove it. unopened: the root differs from the one computed
 * here, and only the validator's opening can tell an honest difference from a lie. undecided: we, the checker,
 * could not recompute enough.
 */
export type EvidenceOutcome = 'true' | 'gaps' | 'false' | 'unopened' | 'undecided'

export interface EvidenceFinding {
  readonly outcome: EvidenceOutcome
  readonly claimedRoot: Hex
  /** Of everything that is owed, in our own numbers; null where we could not recompute it all. */
  readonly owedRoot: Hex | null
  /** The root of the opening that was given, where there was one. */
  readonly openingRoot: Hex | null
  readonly faults: readonly EvidenceFault[]
  readonly gaps: readonly { readonly window: number; readonly miner: number }[]
}

/**
 * Whether a validator ran the model on what the beacon chose for it alone. Everything compared is a function of
 * public data: a private suspicion changes neither the sample nor the positions nor the signs.
 * @param owed one entry for every commitment of the epoch's windows by a miner that the row pays
 */
export function checkEvidence(claim: EvidenceClaim, owed: readonly OwedEvidence[]): EvidenceFinding {
  const { weights, evidenceRoot: claimedRoot, opening } = claim
  const paid = owed.filter(({ miner }) => (weights[miner] ?? 0) > 0)
  const known = paid.every(({ points }) => points !== null)
  const owedRoot = known ? evidenceRoot(paid.flatMap(({ points }) => points ?? [])) : null
  const openingRoot = opening && evidenceRoot(opening)
  const conclude = (
    outcome: EvidenceOutcome,
    faults: readonly EvidenceFault[] = [],
    gaps: EvidenceFinding['gaps'] = [],
  ): EvidenceFinding => ({ outcome, claimedRoot, owedRoot, openingRoot, faults, gaps })

  const unearned = paidWithoutWork(claim, paid)
  if (unearned.length > 0) return conclude('false', unearned)
  if (owedRoot === claimedRoot) return conclude('true')
  // An opening of another root is somebody else's file, or a lie about whose it is: it proves nothing.
  if (!opening || openingRoot !== claimedRoot) {
    if (!owedRoot) return conclude('undecided')
    if (!isUnambiguous(paid)) return conclude('unopened')
    return conclude('false', [{ kind: 'root-not-owed', given: claimedRoot, owed: owedRoot }])
  }
  const pairs = new Set(paid.map(pairKey))
  const strays = opening.filter((point) => !pairs.has(pairKey(point)))
  const shown = Map.groupBy(opening, pairKey)
  const faults = [
    ...strays.map((point): EvidenceFault => ({ kind: 'point-not-owed', point })),
    ...paid.flatMap((pair) => checkPair(shown.get(pairKey(pair)) ?? [], pair)),
  ]
  const gaps = paid.filter((pair) => pair.points?.length !== 0 && !shown.has(pairKey(pair)))
  const bare = uncovered(claim, paid, shown)
  if (faults.length + bare.length > 0) return conclude('false', [...faults, ...bare])
  if (paid.some((pair) => pair.points === null && shown.has(pairKey(pair)))) return conclude('undecided')
  const named = gaps.map(({ window, miner }) => ({ window, miner }))
  return named.length > 0 ? conclude('gaps', [], named) : conclude('true')
}

type Pair = Pick<EvidencePoint, 'window' | 'miner'>
const pairKey = ({ window, miner }: Pair) => `${window}/${miner}`
const placeKey = (point: EvidencePoint) =>
  `${pairKey(point)}/${point.group}/${point.rollout}/${point.position}`

/** Paid miners that committed nothing that anybody could audit, and everybody paid under a root of nothing. */
function paidWithoutWork({ weights, evidenceRoot: root }: EvidenceClaim, paid: readonly OwedEvidence[]) {
  const nothingShown = root === evidenceRoot([])
  return missing(
    weights,
    (miner) => !nothingShown && paid.some((pair) => pair.miner === miner && pair.points?.length !== 0),
  )
}

function uncovered(
  { weights }: EvidenceClaim,
  paid: readonly OwedEvidence[],
  shown: ReadonlyMap<string, unknown>,
) {
  return missing(weights, (miner) => paid.some((pair) => pair.miner === miner && shown.has(pairKey(pair))))
}

function missing(weights: readonly number[], hasEvidence: (miner: number) => boolean): EvidenceFault[] {
  return weights.flatMap((weight, miner) =>
    weight > 0 && !hasEvidence(miner) ? [{ kind: 'weight-without-evidence', miner, weight }] : [],
  )
}

/** Whether the root of an honest validator can only be ours: no rounding between machines, no window to miss. */
function isUnambiguous(paid: readonly OwedEvidence[]): boolean {
  const miners = new Set(paid.map(({ miner }) => miner))
  return miners.size === paid.length && paid.every(({ sketchTolerance }) => sketchTolerance === 0)
}

/** All of a pair's points or none: a part would let a validator choose which of its own sample to skip. */
function checkPair(given: readonly EvidencePoint[], pair: OwedEvidence): EvidenceFault[] {
  if (given.length === 0 || pair.points === null) return []
  const owed = new Map(pair.points.map((point) => [placeKey(point), point]))
  const seen = new Set<string>()
  const faults = given.flatMap((point): EvidenceFault[] => {
    const expected = owed.get(placeKey(point))
    if (!expected) return [{ kind: 'point-not-owed', point }]
    if (seen.has(placeKey(point))) return [{ kind: 'point-given-twice', point }]
    seen.add(placeKey(point))
    const distance = sketchDistance(expected.sketch, point.sketch) * pair.sketchStep
    if (distance <= pair.sketchTolerance) return []
    return [{ kind: 'sketch-wrong', point, owed: expected }]
  })
  const absent = pair.points.filter((point) => !seen.has(placeKey(point)))
  return [...faults, ...absent.map((point): EvidenceFault => ({ kind: 'point-missing', owed: point }))]
}
