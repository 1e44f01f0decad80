import type { PolicyKeeper } from '../model/distribution/policy-keeper.ts'
import type { ComputeThread } from '../shared/compute-thread.ts'
import type { Network } from '../shared/network.ts'
import type { ReplayPolicy } from '../shared/replay-finding.ts'
import type { AuditJob, AuditReport } from './audit-bundle.ts'
import type { ValidatorJournal } from './journal.ts'

export interface Validator {
  readonly network: Network
  readonly uid: number
  readonly journal: ValidatorJournal
  readonly audits: ComputeThread<AuditJob, AuditReport>
  readonly policies: PolicyKeeper
  /** Takes a published update again; null where the operator left that out. */
  readonly replay: ReplayPolicy | null
  /** Whether bundles may be fetched from private and loopback addresses: on a devnet, never in the open. */
  readonly allowPrivateHosts: boolean
  /** 32 unpredictable bytes: the salt that hides a committed row until it is revealed. */
  readonly drawSalt: () => Uint8Array
}
