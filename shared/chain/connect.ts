import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { askChain } from './ask-chain.ts'
import type { Deployment } from './deployment.ts'
import { type EndpointCall, type Endpoints, openEndpoints, otherChain } from './endpoints.ts'
import type { Outbox } from './outbox/outbox.ts'

export interface ChainClients {
  readonly publicClient: PublicClient<Transport, Chain>
  /** Signs; absent for those who only read. */
  readonly walletClient?: WalletClient<Transport, Chain, Account>
}

/** What every action on chain takes. */
export interface ChainContext extends ChainClients {
  readonly deployment: Deployment
  /** Through which a role sends; what a person sends by hand goes straight to the chain. */
  readonly outbox?: Outbox
  /** In a rehearsal: tries the call where it would be sent, and throws NotSent. */
  readonly rehearse?: (call: {
    readonly address: Address
    readonly abi: Abi
    readonly functionName: string
    readonly args: readonly unknown[]
  }) => Promise<never>
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

interface Where {
  /** One endpoint, or several in order of preference. */
  readonly rpcUrl: string | readonly string[]
  readonly account?: Account | undefined
  /** Hears of every exchange. */
  readonly observe?: ((call: EndpointCall) => void) | undefined
}

/**
 * Opens JSON-RPC endpoints and makes sure that they are of the expected chain.
 * @throws SubnetError CHAIN_UNREACHABLE (retryable) when none answers, CHAIN_ID_MISMATCH when any is of another chain
 */
export async function openChain(
  input: Where & { chainId: number },
): Promise<ChainClients & { readonly endpoints: Endpoints }> {
  const { rpcUrl, chainId, account, observe } = input
  const urls = typeof rpcUrl === 'string' ? [rpcUrl] : rpcUrl
  const endpoints = openEndpoints({ urls, chainId, observe })
  const clients = createClients({ transport: endpoints.transport, chainId, account })
  const states = await endpoints.check()
  const refused = states.find(({ state }) => state === 'refused')
  if (refused) throw otherChain({ ...refused, name: refused.endpoint }, chainId)
  if (states.every(({ state }) => state === 'silent')) {
    const names = states.map(({ endpoint }) => endpoint).join(', ')
    await askChain(`connect to ${names}`, () => clients.publicClient.getChainId())
  }
  return { ...clients, endpoints }
}

/**
 * As `openChain`, for a deployed subnet.
 * @throws SubnetError CHAIN_UNREACHABLE (retryable), CHAIN_ID_MISMATCH, CHAIN_NOT_DEPLOYED
 */
export async function connect({
  deployment,
  ...where
}: Where & { deployment: Deployment }): Promise<ChainContext & { readonly endpoints: Endpoints }> {
  const clients = await openChain({ ...where, chainId: deployment.chainId })
  const { rolloutLog } = deployment.contracts
  const code = await askChain('look for the contracts', () =>
    clients.publicClient.getCode({ address: rolloutLog }),
  )
  if (code === undefined) {
    throw new SubnetError(
      'CHAIN_NOT_DEPLOYED',
      `no contract at ${rolloutLog} on chain ${deployment.chainId}: the chain was reset, the endpoint is behind, or the deployment file is of another chain with the same id.`,
      { details: { address: rolloutLog } },
    )
  }
  return { ...clients, deployment }
}
