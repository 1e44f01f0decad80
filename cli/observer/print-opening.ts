import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { openingStatement } from '../../shared/chain/opening-statement.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { rowDigest } from '../../shared/chain/score-row.ts'
import { SubnetError } from '../../shared/errors.ts'
import { encodeOpening } from '../../validator/evidence-opening.ts'
import { readOpeningFromJournal } from '../../validator/read-opening-from-journal.ts'
import { openKey } from '../keys/open-key.ts'

/**
 * Signed where a key is given, with the row that is on chain.
 * @throws SubnetError EVIDENCE_MISSING, NOT_REVEALED, and those of chain, key and deployment file
 */
export async function printOpening(
  values: {
    readonly deployment: string
    readonly rpc: string
    readonly journal: string
    readonly key: string | undefined
    readonly passwordFile: string | undefined
  },
  about: { readonly validator: number; readonly epoch: number },
): Promise<string> {
  const { key, passwordFile } = values
  const deployment = readDeployment(values.deployment)
  const account = key === undefined ? null : await openKey({ file: key, passwordFile }, deployment)
  const chain = await connect({ rpcUrl: values.rpc, deployment })
  const schedule = await readSchedule(chain)
  const opening = readOpeningFromJournal(values.journal, { ...about, schedule })
  if (!account) return encodeOpening(opening)
  const { epoch, validator } = about
  const reveal = (await readReveals(chain, epoch)).find(({ validatorUid }) => validatorUid === validator)
  if (!reveal) {
    throw new SubnetError(
      'NOT_REVEALED',
      `validator ${validator} has revealed no scores for epoch ${epoch}: there is no row to sign for`,
      { details: { validator, epoch } },
    )
  }
  const said = {
    epoch,
    validatorUid: validator,
    rowDigest: rowDigest(reveal.row),
    evidenceRoot: opening.evidenceRoot,
  }
  const signature = await account.signTypedData(openingStatement(chain.deployment, said))
  return encodeOpening({ ...opening, statement: { rowDigest: said.rowDigest, signature } })
}
