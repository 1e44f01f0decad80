import { randomBytes } from 'node:crypto'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import type { AuditJob, AuditReport } from '../../validator/audit-bundle.ts'
import { openValidatorJournal } from '../../validator/journal.ts'
import { runValidator } from '../../validator/run-validator.ts'
import type { Values } from '../settings.ts'
import { checkpointRoots } from './checkpoint-roots.ts'
import { journalPath } from './journal-path.ts'
import { openNetwork } from './open-network.ts'
import type { validatorSettings } from './role-settings.ts'

const auditThread = new URL('../../validator/audit-thread.ts', import.meta.url)

/** Wires a validator: chain, journal and audit thread, and takes them down again in reverse. */
export async function startValidator(
  values: Values<typeof validatorSettings>,
  signal: AbortSignal,
): Promise<void> {
  const { network, uid } = await openNetwork('validator', values, signal)
  const journal = openValidatorJournal(
    journalPath(values.dataDir, network.chain.deployment, 'validator', uid),
  )
  const sources: PolicySources = { checkpoints: checkpointRoots(values), dataset: values.dataset ?? null }
  const audits = startComputeThread<PolicySources, AuditJob, AuditReport>(auditThread, sources)
  const { allowPrivateHosts } = values
  try {
    await runValidator({
      network,
      uid,
      journal,
      audits,
      checkpoints: sources.checkpoints,
      allowPrivateHosts,
      drawSalt: () => randomBytes(32),
    })
  } finally {
    await audits.close()
    journal.close()
    network.log.info('stopped validator', { uid })
  }
}
