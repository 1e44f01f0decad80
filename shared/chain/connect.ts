import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { askChain } from './ask-chain.ts'
import type { Deployment } from './deployment.ts'

export interface ChainClients {
  readonly publicClient: PublicClient<Transport, Chain>
  /** Signs; absent for those who only read. */
  readonly walletClient?: WalletClient<Transport, Chain, Account>
}

/** What every action on chain takes. */
export interface ChainContext extends ChainClients {
  readonly deployment: Deployment
}

/** Between looks for a receipt. Short against block times, so that a commitment's deadline is not missed. */
const pollingIntervalMs = 500

export function createClients(input: {
  transport: Transport
  chainId: number
  account?: Account | undefined
}): ChainClients {
  const { transport, account } = input
  const chain = defineChain({
    id: input.chainId,
    name: `chain ${input.chainId}`,
    nativeCurrency: { name: 'native', symbol: 'NATIVE', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  })
  // No cached block number: phases are decided by it.
  const options = { chain, transport, pollingInterval: pollingIntervalMs, cacheTime: 0 }
  const publicClient = createPublicClient(options)
  if (!account) return { publicClient }
  return { publicClient, walletClient: createWalletClient({ ...options, account }) }
}

/**
 * Opens a JSON-RPC endpoint and makes sure that it is the expected chain.
 * @throws SubnetError CHAIN_UNREACHABLE (retryable), CHAIN_ID_MISMATCH
 */
export async function openChain(input: {
  rpcUrl: string
  chainId: number
  account?: Account | undefined
}): Promise<ChainClients> {
  const { rpcUrl, chainId } = input
  const clients = createClients({ ...input, transport: http(rpcUrl, { batch: true }) })
  const actual = await askChain(`connect to ${rpcUrl}`, () => clients.publicClient.getChainId())
  if (actual !== chainId) {
    throw new SubnetError(
      'CHAIN_ID_MISMATCH',
      `${rpcUrl} serves chain ${actual}, but the subnet is on chain ${chainId}. Use an endpoint of chain ${chainId}, or the other subnet's deployment file.`,
      { details: { rpcUrl, actual, expected: chainId } },
    )
  }
  return clients
}

/**
 * As `openChain`, for a deployed subnet.
 * @throws SubnetError CHAIN_UNREACHABLE (retryable), CHAIN_ID_MISMATCH, CHAIN_NOT_DEPLOYED
 */
export async function connect(input: {
  rpcUrl: string
  deployment: Deployment
  account?: Account | undefined
}): Promise<ChainContext> {
  const { rpcUrl, deployment, account } = input
  const clients = await openChain({ rpcUrl, chainId: deployment.chainId, account })
  const { rolloutLog } = deployment.contracts
  const code = await askChain('look for the contracts', () =>
    clients.publicClient.getCode({ address: rolloutLog }),
  )
  if (code === undefined) {
    throw new SubnetError(
      'CHAIN_NOT_DEPLOYED',
      `no contract at ${rolloutLog} on chain ${deployment.chainId} behind ${rpcUrl}: the chain was reset, the endpoint is behind, or the deployment file is of another chain with the same id.`,
      { details: { rpcUrl, address: rolloutLog } },
    )
  }
  return { ...clients, deployment }
}
