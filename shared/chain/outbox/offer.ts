import { BaseError, type PublicClient, TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem'
import { SubnetError } from '../../errors.ts'
import { askChain } from '../ask-chain.ts'
import type { Attempt, Found } from './delivery.ts'

/** What endpoints say of a transaction that is on its way, or was outbid. Nodes share no codes for it. */
const onItsWay =
  /already known|known transaction|already imported|already exists|nonce too low|nonce.*too low/i
const outbid = /underpriced|fee.*too low|base fee/i
const unfunded = /insufficient funds|enough funds|insufficient balance/i

/**
 * Hands signed bytes to the chain. Silence and a price that is too low are no failures: it is offered again.
 * @returns why no endpoint will ever take these bytes; null where one has, or may yet
 * @throws SubnetError KEY_UNFUNDED (retryable)
 */
export async function offer(client: PublicClient, attempt: Attempt): Promise<string | null> {
  try {
    await askChain('offer a transaction', () =>
      client.sendRawTransaction({ serializedTransaction: attempt.raw }),
    )
    return null
  } catch (error) {
    if (!(error instanceof SubnetError)) throw error
    const why = wordsOf(error)
    if (onItsWay.test(why) || outbid.test(why) || error.code === 'CHAIN_UNREACHABLE') return null
    if (unfunded.test(why)) throw keyUnfunded(error)
    // Some nodes report what came of a transaction in place of its hash.
    return (await isKnown(client, attempt)) || (await findReceipt(client, attempt)) ? null : why
  }
}

/** @returns the error that says so, where the key cannot pay; the given one otherwise */
export function explainFunds(error: unknown): unknown {
  return error instanceof SubnetError && unfunded.test(wordsOf(error)) ? keyUnfunded(error) : error
}

function keyUnfunded(cause: SubnetError): SubnetError {
  return new SubnetError(
    'KEY_UNFUNDED',
    'the key cannot pay for its transactions: send some of the chain’s native token to its address, or lower --max-fee',
    { retryable: true, cause },
  )
}

function wordsOf(error: SubnetError): string {
  const { cause } = error
  return cause instanceof BaseError ? `${cause.message} ${cause.details}` : error.message
}

/** Whether the endpoint has it, in a block or out of one. */
export async function isKnown(client: PublicClient, { hash }: Attempt): Promise<boolean> {
  return askChain('look for a transaction', async () => {
    try {
      await client.getTransaction({ hash })
      return true
    } catch (error) {
      if (error instanceof TransactionNotFoundError) return false
      throw error
    }
  })
}

/** Null where it is in no block. */
export async function findReceipt(client: PublicClient, { hash }: Attempt): Promise<Found | null> {
  return askChain('look for a receipt', async () => {
    try {
      const { blockNumber, status } = await client.getTransactionReceipt({ hash })
      return { hash, block: blockNumber, success: status === 'success' }
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return null
      throw error
    }
  })
}
