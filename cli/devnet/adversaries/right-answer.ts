import { demonstrate } from '../../../model/training/demonstrations.ts'
import type { Problem } from '../../../shared/environments/environment.ts'

/** What earns full reward, in the policy's own words where these are known. */
export function rightAnswer(environment: string, seed: Uint8Array, { data }: Problem<unknown>): string {
  if (environment === 'word-problems' || environment === 'sat') {
    return demonstrate(environment, seed, { noise: 0 }).completion
  }
  return `#### ${(data as { answer: string }).answer}`
}
