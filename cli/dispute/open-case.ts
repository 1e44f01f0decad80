import type { ExplainCase } from '../../validator/explain-case.ts'
import { fetchCase } from '../../validator/fetch-case.ts'
import { openObserver } from '../observer/open-observer.ts'
import { caseMismatch, readCase } from '../observer/read-case.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import type { caseSettings } from './dispute-settings.ts'

/**
 * What a miner committed to and served: from a saved case, or from chain, relays and the miner's store.
 * @throws SubnetError as `readCase` and `fetchCase`
 */
export async function openCase(
  values: Values<typeof caseSettings>,
  about: { readonly window: number; readonly miner: number },
  signal: AbortSignal,
): Promise<ExplainCase> {
  if (values.case !== undefined) {
    const facts = readCase(values.case, values.deployment)
    if (facts.window === about.window && facts.miner === about.miner) return facts
    throw caseMismatch(values.case, `is of window ${facts.window}, miner ${facts.miner}`)
  }
  const options = { checkpoints: checkpointRoots(values), allowPrivateHosts: values.allowPrivateHosts }
  return fetchCase(await openObserver(values, signal), about, options)
}
