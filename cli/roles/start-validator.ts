import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { piecesOnly, tidyStore } from '../../shared/store/tidy-store.ts'
import type { AuditJob, AuditReport } from '../../validator/audit-bundle.ts'
import { openValidatorJournal } from '../../validator/journal.ts'
import { runValidator } from '../../validator/run-validator.ts'
import type { Values } from '../settings.ts'
import { journalPath } from './journal-path.ts'
import type { Rehearsable } from './on-copy.ts'
import { openNetwork } from './open-network.ts'
import { openReplayer } from './open-replayer.ts'
import { openRolePolicies } from './role-policies.ts'
import type { validatorSettings } from './role-settings.ts'

const auditThread = new URL('../../validator/audit-thread.ts', import.meta.url)

/** Wires a validator: chain, journal and audit thread, and takes them down again in reverse. */
export async function startValidator(
  values: Rehearsable<Values<typeof validatorSettings>>,
  signal: AbortSignal,
): Promise<void> {
  const { network, uid, close } = await openNetwork('validator', values, signal)
  const journal = openValidatorJournal(
    journalPath(values.dataDir, network.chain.deployment, 'validator', uid),
  )
  const store = directoryStore(join(values.dataDir, 'bundles'))
  const { policies, sources } = openRolePolicies(values, network, store)
  const audits = startComputeThread<PolicySources, AuditJob, AuditReport>(auditThread, sources)
  const { allowPrivateHosts } = values
  const replayer =
    values.noReplay || values.dryRun
      ? null
      : openReplayer({ observer: network, policies, store, allowPrivateHosts }, network.log, sources)
  try {
    const bytes = values.keepGib * 2 ** 30
    const tidy = tidyStore(network, store, { bytes, choose: piecesOnly })
    const validator = {
      network,
      uid,
      journal,
      audits,
      policies,
      replay: replayer?.replay ?? null,
      allowPrivateHosts,
      drawSalt: () => randomBytes(32),
    }
    await runValidator(validator, tidy)
  } finally {
    await replayer?.close()
    await audits.close()
    journal.close()
    await close()
    network.log.info('stopped validator', { uid })
  }
}
