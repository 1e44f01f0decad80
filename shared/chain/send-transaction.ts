import type {
  Abi,
  Account,
  Address,
  Chain,
  ContractFunctionArgs,
  ContractFunctionName,
  TransactionReceipt,
  Transport,
  WalletClient,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { askChain } from './ask-chain.ts'
import type { ChainClients } from './connect.ts'

/** How long a sent transaction may stay out of a block before the caller is told to look again. */
const receiptTimeoutMs = 180_000

/**
 * Simulates, sends, and waits until the transaction is in a block.
 * @throws SubnetError as `askChain`, and CHAIN_NO_SIGNER
 */
export async function sendTransaction<const A extends Abi, F extends ContractFunctionName<A, 'nonpayable'>>(
  chain: ChainClients,
  call: {
    address: Address
    abi: A
    functionName: F
    args: ContractFunctionArgs<A, 'nonpayable', F>
  },
): Promise<TransactionReceipt> {
  const { publicClient } = chain
  const walletClient = signerOf(chain)
  const purpose = `send ${call.functionName}`
  // One typed entrance; inside, viem's inference over a generic ABI adds nothing.
  const request = { ...call, account: walletClient.account } as unknown as Parameters<
    typeof publicClient.simulateContract
  >[0]
  await askChain(purpose, () => publicClient.simulateContract(request))
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

/** @throws SubnetError CHAIN_NO_SIGNER */
export function signerOf({ walletClient }: ChainClients): WalletClient<Transport, Chain, Account> {
  if (walletClient) return walletClient
  throw new SubnetError('CHAIN_NO_SIGNER', 'this needs a key to sign with: connect with an account')
}
