import type { ErrorCode } from '../../error-codes/catalogue.ts'
import { SubnetError } from '../../errors.ts'
import type { Delivery, Found } from './delivery.ts'

/** Where its call was carried out, as far as is known. */
export function arrival({ found, attempts }: Delivery): Found | null {
  const cancels = attempts.some((attempt) => attempt.cancels && attempt.hash === found?.hash)
  return found?.success && !cancels ? found : null
}

/**
 * What came of a delivery, for whoever waits for it; null while it is worth waiting.
 * @param bounds.mostFee wei per gas, for the message
 * @throws SubnetError TRANSACTION_PENDING, TRANSACTION_EXPIRED, TRANSACTION_REPLACED
 */
export function outcomeOf(delivery: Delivery, bounds: { mostFee: bigint; patient: boolean }): Found | null {
  const { kind, of, state, nonce, found, attempts } = delivery
  const cancelled = attempts.some(({ hash, cancels }) => cancels && hash === found?.hash)
  if (found && !cancelled) return found
  const failure = (code: ErrorCode, message: string) =>
    new SubnetError(code, message, { retryable: true, details: { kind, of, nonce } })
  if (state === 'expired' || state === 'cancelling' || cancelled) {
    throw failure(
      'TRANSACTION_EXPIRED',
      `could not ${kind} ${of}: no block took the transaction in time. Raise --max-fee, or name more endpoints with --rpc.`,
    )
  }
  if (state === 'lost') {
    throw failure(
      'TRANSACTION_REPLACED',
      `could not ${kind} ${of}: another transaction of this key took its nonce ${nonce}. Run one process per key, and send nothing else under it.`,
    )
  }
  if (bounds.patient) return null
  const { maxFee } = attempts[attempts.length - 1]
  throw failure(
    'TRANSACTION_PENDING',
    `could not ${kind} ${of} yet: no block has taken transaction ${nonce} at ${maxFee} wei per gas (--max-fee allows ${bounds.mostFee}). It is tried on.`,
  )
}
