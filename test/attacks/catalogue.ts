import type { MinerAttack } from './arena/attack.ts'
import { bestOfFour } from './miners/best-of-four.ts'
import { flippedRewards, loweredLogProbabilities } from './miners/claims.ts'
import { cool } from './miners/cool.ts'
import { copiedBundle, droppedGroups, forwardedBundle, groupGap, replayedWindow } from './miners/copies.ts'
import { equivocation, lateBundle, otherRoot, withheldBundle } from './miners/delivery.ts'
import { distilled, distilledDraft } from './miners/distilled.ts'
import { continuedPrefix, copiedRollout, resampledToken, suppressedEnd } from './miners/edited-samples.ts'
import { firstLayers } from './miners/first-layers.ts'
import { greedy } from './miners/greedy.ts'
import { learnerMask, notANumber, splitTokens } from './miners/hostile-bytes.ts'
import { endedEarly, paddedEnd, truncated } from './miners/lengths.ts'
import { luckyIdentities } from './miners/lucky-identities.ts'
import { hiddenForgery, rareForgery } from './miners/rare.ts'
import { halfWeights, int4Weights, int8Weights } from './miners/rounded-weights.ts'
import { selectedCandidates } from './miners/selected-candidates.ts'
import { borrowedSketches, randomSketches, zeroSketches } from './miners/sketches.ts'
import { stale } from './miners/stale.ts'
import { steering } from './miners/steering.ts'
import {
  forgedAnswer,
  forgedReasoning,
  lookedUpLabels,
  manufacturedGroups,
} from './miners/written-answers.ts'
import { evidenceCopying, weightCopying } from './validators/copies.ts'
import { crashAsPunishment, friendScoredHigh } from './validators/favours.ts'
import { constantScores, neverReveals } from './validators/lazy.ts'
import type { ValidatorAttack } from './validators/validator-attack.ts'

export const minerAttacks: readonly MinerAttack[] = [
  ...stale,
  int8Weights,
  int4Weights,
  halfWeights,
  firstLayers,
  distilled,
  distilledDraft,
  cool,
  greedy,
  bestOfFour,
  forgedAnswer,
  forgedReasoning,
  lookedUpLabels,
  manufacturedGroups,
  resampledToken,
  continuedPrefix,
  copiedRollout,
  selectedCandidates,
  suppressedEnd,
  endedEarly,
  paddedEnd,
  truncated,
  zeroSketches,
  randomSketches,
  borrowedSketches,
  flippedRewards,
  loweredLogProbabilities,
  copiedBundle,
  forwardedBundle,
  replayedWindow,
  groupGap,
  droppedGroups,
  splitTokens,
  learnerMask,
  notANumber,
  equivocation,
  otherRoot,
  withheldBundle,
  lateBundle,
  steering,
  rareForgery,
  hiddenForgery,
  luckyIdentities,
]

export const validatorAttacks: readonly ValidatorAttack[] = [
  weightCopying,
  evidenceCopying,
  constantScores,
  neverReveals,
  friendScoredHigh,
  crashAsPunishment,
]
