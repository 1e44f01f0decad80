import type { Hex } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { falseOpeningCall, type SignedOpening } from '../../shared/chain/dispute-calls.ts'
import { simulateTransaction } from '../../shared/chain/send-transaction.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { EvidenceOpening } from '../../validator/evidence-opening.ts'

/** Null where nobody signed it. */
export function signedOpening({ statement, ...opening }: EvidenceOpening): SignedOpening | null {
  if (!statement) return null
  const { epoch, validator, evidenceRoot } = opening
  const { rowDigest, signature } = statement
  return { statement: { epoch, validatorUid: validator, rowDigest, evidenceRoot }, signature }
}

/**
 * Whether a contract would hold its signer to it: the validator's own word, on another row than it revealed.
 * @param revealed digest of the row on chain
 */
export async function isFalseOpening(
  chain: ChainContext,
  opening: EvidenceOpening,
  revealed: Hex,
): Promise<boolean> {
  const signed = signedOpening(opening)
  if (!signed || signed.statement.rowDigest === revealed) return false
  const { contracts } = chain.deployment
  try {
    await simulateTransaction(chain, falseOpeningCall(contracts, signed), contracts.disputes)
    return true
  } catch (error) {
    if (error instanceof SubnetError && error.code === 'CHAIN_REVERTED') return false
    throw error
  }
}
