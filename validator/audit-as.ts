import type { PolicyShelf } from '../model/policy.ts'
import { committedBundle } from '../shared/chain/committed-bundle.ts'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import type { Observer } from '../shared/network.ts'
import { fetchBundle } from '../shared/store/fetch-bundle.ts'
import { type AuditReport, auditBundle } from './audit-bundle.ts'
import type { ClosedWindow } from './read-closed-window.ts'

/** Who looks from outside, with policies to recompute with. */
export type Recomputer = Observer & { readonly policies: PolicyShelf; readonly allowPrivateHosts: boolean }

/**
 * One miner's window as a validator that suspects nobody judges it.
 * @throws SubnetError of store, checkpoint and model: what we cannot have or compute
 */
export async function auditAs(
  { chain, signal, policies, allowPrivateHosts }: Recomputer,
  { window, windowSeed, auditSeed, rules, policy: manifestHash }: ClosedWindow,
  commitment: MinerCommitment,
  validator: number,
): Promise<AuditReport> {
  const { minerUid: miner } = commitment
  const policy = await policies.open(manifestHash)
  const { maxTokens } = policy.manifest.sampling
  return auditBundle(policy, {
    bytes: await fetchBundle(commitment, { rules, maxTokens }, { allowPrivateHosts, signal }),
    committed: committedBundle(chain.deployment, commitment, window, manifestHash),
    window,
    windowSeed,
    auditSeed,
    miner,
    validator,
    rules,
    suspect: false,
  })
}
