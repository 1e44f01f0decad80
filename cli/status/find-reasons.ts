import { openPolicies } from '../../model/policy.ts'
import { type Recheck, recheckMiner } from '../../validator/recheck-miner.ts'
import type { observerSettings } from '../observer/observer-settings.ts'
import { openObserver } from '../observer/open-observer.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import type { Status } from './read-status.ts'
import { type Reason, reasonsFor } from './reasons.ts'

/** What the chain tells, and where a miner earned nothing, what comes of auditing it again. */
export async function findReasons(
  values: Values<typeof observerSettings>,
  status: Status,
  signal: AbortSignal,
): Promise<Reason[]> {
  const { identity, epochs } = status
  const [last] = epochs
  const unpaid = identity.role === 'miner' && last && !last.voided && last.earned === 0n
  return reasonsFor(status, unpaid ? await recheck(values, status, last.committed, signal) : [])
}

async function recheck(
  values: Values<typeof observerSettings>,
  { identity, epochs }: Status,
  windows: readonly number[],
  signal: AbortSignal,
): Promise<Recheck[]> {
  const observer = await openObserver(values, signal)
  const policies = openPolicies({ checkpoints: checkpointRoots(values), dataset: values.dataset ?? null })
  const validator = epochs[0].weights[0]?.validator ?? 0
  const recomputer = { ...observer, policies, allowPrivateHosts: values.allowPrivateHosts }
  try {
    const rechecks: Recheck[] = []
    for (const window of windows) {
      rechecks.push(await recheckMiner(recomputer, { window, miner: identity.uid, validator }))
    }
    return rechecks
  } finally {
    await policies.close()
  }
}
