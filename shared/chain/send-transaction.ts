import type {
  Abi,
  Account,
  Address,
  Chain,
  ContractFunctionArgs,
  ContractFunctionName,
  PublicClient,
  TransactionReceipt,
  Transport,
  WalletClient,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { askChain } from './ask-chain.ts'
import type { ChainClients } from './connect.ts'

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
 * Simulates, sends, and waits until the transaction is in a block.
 * @throws SubnetError as `askChain`, and CHAIN_NO_SIGNER
 */
export async function sendTransaction<const A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>>(
  chain: ChainClients,
  call: Call<A, F>,
): Promise<TransactionReceipt> {
  const { publicClient } = chain
  const walletClient = signerOf(chain)
  const purpose = `send ${call.functionName}`
  await simulateTransaction(chain, call, walletClient.account)
  const request = untyped(call, walletClient.account)
  const hash = await askChain(purpose, () =>
    walletClient.writeContract(request as Parameters<typeof walletClient.writeContract>[0]),
  )
  const receipt = await askChain(purpose, () =>
    publicClient.waitForTransactionReceipt({ hash, timeout: receiptTimeoutMs }),
  )
  if (receipt.status === 'success') return receipt
  // Something changed between simulation and inclusion; simulating again tells what.
  await askChain(purpose, () => publicClient.simulateContract(request))
  throw new SubnetError(
    'CHAIN_REVERTED',
    `could not ${purpose}: it reverted in block ${receipt.blockNumber}`,
    {
      retryable: true,
      details: { hash },
    },
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
