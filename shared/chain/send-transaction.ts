import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  type Transport,
  type WalletClient,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { askChain } from './ask-chain.ts'
import type { ChainClients, ChainContext } from './connect.ts'
import type { Intent } from './outbox/delivery.ts'
import type { Outbox } from './outbox/outbox.ts'

/** How long a sent transaction may stay out of a block before the caller is told to look again. */
const receiptTimeoutMs = 180_000

interface Call<A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>> {
  readonly address: Address
  readonly abi: A
  readonly functionName: F
  readonly args: ContractFunctionArgs<A, 'nonpayable', F>
}

/** A call that is ready to be sent, whatever the contract. */
export type AnyCall = Call<Abi, string>

/**
 * Simulates, sends, and waits until the transaction is in a block. A role's goes through its outbox: see there.
 * @param intent what makes it one and the same transaction when it is asked for again
 * @throws SubnetError as `askChain`, those of the outbox, and CHAIN_NO_SIGNER; NotSent in a rehearsal
 */
export async function sendTransaction<const A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>>(
  chain: ChainClients & Pick<ChainContext, 'outbox' | 'rehearse'>,
  call: Call<A, F>,
  intent?: Intent,
): Promise<TransactionReceipt> {
  if (chain.rehearse) return chain.rehearse(call as unknown as AnyCall)
  const { publicClient } = chain
  const walletClient = signerOf(chain)
  const purpose = `send ${call.functionName}`
  if (chain.outbox && intent) return deliverThrough(chain.outbox, chain, call, intent)
  await simulateTransaction(chain, call, walletClient.account)
  const request = untyped(call, walletClient.account)
  const hash = await askChain(purpose, () =>
    walletClient.writeContract(request as Parameters<typeof walletClient.writeContract>[0]),
  )
  const receipt = await askChain(purpose, () =>
    publicClient.waitForTransactionReceipt({ hash, timeout: receiptTimeoutMs }),
  )
  return requireSuccess(chain, call, receipt)
}

async function deliverThrough<const A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>>(
  outbox: Outbox,
  chain: ChainClients,
  call: Call<A, F>,
  intent: Intent,
): Promise<TransactionReceipt> {
  const { account } = signerOf(chain)
  const { publicClient } = chain
  const purpose = `send ${call.functionName}`
  const data = encodeFunctionData(call as unknown as Parameters<typeof encodeFunctionData>[0])
  const { hash } = await outbox.deliver({ to: call.address, data }, intent, async () => {
    await simulateTransaction(chain, call, account)
    return askChain(purpose, () => publicClient.estimateGas({ account, to: call.address, data }))
  })
  const receipt = await askChain(purpose, () => readReceipt(publicClient, hash))
  return requireSuccess(chain, call, receipt)
}

/** @throws SubnetError TRANSACTION_PENDING where its block has vanished since, or the endpoint lags behind another */
async function readReceipt(publicClient: PublicClient, hash: Hex): Promise<TransactionReceipt> {
  try {
    return await publicClient.getTransactionReceipt({ hash })
  } catch (cause) {
    if (!(cause instanceof TransactionReceiptNotFoundError)) throw cause
    throw new SubnetError(
      'TRANSACTION_PENDING',
      `the block of transaction ${hash} is not shown any more; it is offered again where it vanished`,
      { retryable: true, details: { hash }, cause },
    )
  }
}

/** Something changed between simulation and inclusion where it reverted; simulating again tells what. */
async function requireSuccess<const A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>>(
  chain: ChainClients,
  call: Call<A, F>,
  receipt: TransactionReceipt,
): Promise<TransactionReceipt> {
  if (receipt.status === 'success') return receipt
  await simulateTransaction(chain, call, signerOf(chain).account)
  throw new SubnetError(
    'CHAIN_REVERTED',
    `could not send ${call.functionName}: it reverted in block ${receipt.blockNumber}`,
    { retryable: true, details: { hash: receipt.transactionHash } },
  )
}

/**
 * What would come of the call at the head, without sending it.
 * @param account who sends it; no signature is needed
 * @throws SubnetError as `askChain`
 */
export async function simulateTransaction<
  const A extends Abi,
  F extends ContractFunctionName<A, 'nonpayable'>,
>({ publicClient }: ChainClients, call: Call<A, F>, account: Account | Address): Promise<void> {
  await askChain(`send ${call.functionName}`, () => publicClient.simulateContract(untyped(call, account)))
}

/** One typed entrance; inside, viem's inference over a generic ABI adds nothing. */
function untyped(call: object, account: Account | Address) {
  return { ...call, account } as unknown as Parameters<PublicClient['simulateContract']>[0]
}

/** @throws SubnetError CHAIN_NO_SIGNER */
export function signerOf({ walletClient }: ChainClients): WalletClient<Transport, Chain, Account> {
  if (walletClient) return walletClient
  throw new SubnetError('CHAIN_NO_SIGNER', 'this needs a key to sign with: connect with an account')
}
