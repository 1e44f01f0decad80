import { rowTotal } from '../../../shared/protocol/score.ts'
import type { ValidatorAttack } from './validator-attack.ts'

export function lazyRow(miners: number): number[] {
  return new Array<number>(miners).fill(Math.floor(rowTotal / miners))
}

/** Scores everybody alike. */
export const constantScores: ValidatorAttack = {
  name: 'lazy constant scores',
  gains: 'all of the audit',
  caughtBy: 'evidence',
  score: async ({ miners }) => ({ weights: lazyRow(miners), evidence: [] }),
}

/** Commits a row and never opens it. */
export const neverReveals: ValidatorAttack = {
  name: 'never reveals',
  gains: 'all of the audit',
  caughtBy: 'consensus',
  score: async () => ({ weights: null, evidence: [] }),
}
