import { lazyRow } from './lazy.ts'
import type { ValidatorAttack } from './validator-attack.ts'

/** Hands in what another validator revealed for the last epoch: scores change slowly. */
export const weightCopying: ValidatorAttack = {
  name: 'weight copying',
  gains: 'all of the audit',
  caughtBy: 'evidence',
  score: async ({ lastRevealed, miners }) => ({
    weights: lastRevealed?.[0].weights ?? lazyRow(miners),
    evidence: [],
  }),
}

/** Has another validator's row and evidence of this very epoch, as an accomplice would give them. */
export const evidenceCopying: ValidatorAttack = {
  name: 'evidence copied from another validator',
  gains: 'all of the audit',
  caughtBy: 'evidence',
  score: async ({ leaked }) => leaked[0],
}
