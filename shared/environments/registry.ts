import { SubnetError } from '../errors.ts'
import type { Environment } from './environment.ts'
import { loadGsm8k } from './gsm8k.ts'
import { sat } from './sat.ts'
import { wordProblems } from './word-problems.ts'

export const ENVIRONMENT_IDS = ['word-problems', 'sat', 'gsm8k'] as const

export interface DataSources {
  /** A published GSM8K JSONL file; only `gsm8k` needs it. */
  readonly gsm8kPath?: string | undefined
}

/** @throws SubnetError ENVIRONMENT_UNKNOWN, DATASET_MISSING, DATASET_MISMATCH */
export function findEnvironment(id: string, sources: DataSources = {}): Environment {
  if (id === 'word-problems') return wordProblems
  if (id === 'sat') return sat
  if (id === 'gsm8k') {
    if (sources.gsm8kPath !== undefined) return loadGsm8k(sources.gsm8kPath)
    throw new SubnetError('DATASET_MISSING', 'Environment gsm8k needs the path of its data: none was given.')
  }
  throw new SubnetError(
    'ENVIRONMENT_UNKNOWN',
    `There is no environment "${id}". Use one of: ${ENVIRONMENT_IDS.join(', ')}.`,
    { details: { id, known: ENVIRONMENT_IDS } },
  )
}
