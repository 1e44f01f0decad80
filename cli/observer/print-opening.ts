import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { encodeOpening } from '../../validator/evidence-opening.ts'
import { readOpeningFromJournal } from '../../validator/read-opening-from-journal.ts'

/** @throws SubnetError EVIDENCE_MISSING, and those of chain and deployment file */
export async function printOpening(
  values: { readonly deployment: string; readonly rpc: string; readonly journal: string },
  about: { readonly validator: number; readonly epoch: number },
): Promise<string> {
  const chain = await connect({ rpcUrl: values.rpc, deployment: readDeployment(values.deployment) })
  const schedule = await readSchedule(chain)
  return encodeOpening(readOpeningFromJournal(values.journal, { ...about, schedule }))
}
