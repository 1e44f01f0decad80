import type { ChainContext } from '../../shared/chain/connect.ts'
import { equivocationCall, falseOpeningCall, type SignedOpening } from '../../shared/chain/dispute-calls.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { rowDigest } from '../../shared/chain/score-row.ts'
import { SubnetError } from '../../shared/errors.ts'
import { readOpeningFile } from '../observer/read-opening-file.ts'
import { bringProof, type Outcome } from './bring-proof.ts'
import { signedOpening } from './false-opening.ts'

/**
 * Two openings that a validator signed for one epoch, and that contradict each other.
 * @throws SubnetError OPENING_MALFORMED, NOT_DISPUTABLE, and those of the chain
 */
export async function disputeEquivocation(
  chain: ChainContext,
  paths: readonly [string, string],
  dryRun: boolean,
): Promise<Outcome> {
  const [first, second] = paths.map(readSigned)
  const [a, b] = [first.statement, second.statement]
  if (a.epoch !== b.epoch || a.validatorUid !== b.validatorUid) {
    throw notDisputable('the two are of different epochs or validators')
  }
  if (a.rowDigest === b.rowDigest && a.evidenceRoot === b.evidenceRoot) {
    throw notDisputable('both say the same')
  }
  return bringProof(chain, equivocationCall(chain.deployment.contracts, first, second), dryRun)
}

/**
 * An opening that a validator signed, of another row than it revealed.
 * @throws SubnetError OPENING_MALFORMED, NOT_DISPUTABLE, and those of the chain
 */
export async function disputeFalseOpening(
  chain: ChainContext,
  path: string,
  dryRun: boolean,
): Promise<Outcome> {
  const opening = readSigned(path)
  const { epoch, validatorUid, rowDigest: said } = opening.statement
  const reveal = (await readReveals(chain, epoch)).find((reveal) => reveal.validatorUid === validatorUid)
  if (!reveal) throw notDisputable(`validator ${validatorUid} revealed no row for epoch ${epoch}`)
  if (said === rowDigest(reveal.row)) throw notDisputable('it is of the row that was revealed')
  return bringProof(chain, falseOpeningCall(chain.deployment.contracts, opening), dryRun)
}

function readSigned(path: string): SignedOpening {
  const signed = signedOpening(readOpeningFile(path))
  if (signed) return signed
  throw notDisputable(`${path} is not signed, so nobody can be held to it`)
}

function notDisputable(why: string): SubnetError {
  return new SubnetError('NOT_DISPUTABLE', `this cannot be proven on chain: ${why}`)
}
