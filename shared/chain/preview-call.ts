import type { Abi, AbiFunction, Account, Address, PublicClient } from 'viem'
import { askChain, revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import type { AnyCall } from './send-transaction.ts'

/** A call as people read it. */
export interface DecodedCall {
  /** The contract's name in the deployment file; null for one that is not in it. */
  readonly contract: string | null
  readonly to: Address
  readonly functionName: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Refusals that a call before this one may mend. */
const mendedByEarlier = new Set(['ERC20InsufficientAllowance', 'RoundUnknown'])

export interface CallPreview extends DecodedCall {
  /** Both null where only the chain after the call before this one can tell. */
  readonly gas: bigint | null
  /** Wei at most, at the fees of now. */
  readonly cost: bigint | null
}

export function decodeCall(
  { deployment }: Pick<ChainContext, 'deployment'>,
  { address, abi, functionName, args }: AnyCall,
): DecodedCall {
  const named = Object.entries(deployment.contracts).find(([, known]) => known === address)
  const inputs = findFunction(abi, functionName, args.length)?.inputs ?? []
  const pairs = args.map((value, i) => [inputs[i]?.name || `${i}`, value])
  return { contract: named?.[0] ?? null, to: address, functionName, args: Object.fromEntries(pairs) }
}

/**
 * What sending the calls, one after another, would do and cost. Nothing is sent.
 * @throws SubnetError CHAIN_REVERTED for what would revert, and as `askChain`
 */
export async function previewCalls(
  chain: ChainContext,
  calls: readonly AnyCall[],
  account: Account | Address,
): Promise<CallPreview[]> {
  const { maxFeePerGas } = await askChain('read the fees', () => chain.publicClient.estimateFeesPerGas())
  return Promise.all(
    calls.map(async (call, i) => {
      const gas = await estimateGas(chain, call, account, i > 0)
      return { ...decodeCall(chain, call), gas, cost: gas === null ? null : gas * maxFeePerGas }
    }),
  )
}

/** @param follows whether a call before it may give what it needs */
async function estimateGas(
  { publicClient }: ChainContext,
  call: AnyCall,
  account: Account | Address,
  follows: boolean,
): Promise<bigint | null> {
  const request = { ...call, account } as unknown as Parameters<PublicClient['estimateContractGas']>[0]
  try {
    return await askChain(`send ${call.functionName}`, () => publicClient.estimateContractGas(request))
  } catch (error) {
    if (follows && mendedByEarlier.has(revertedWith(error) ?? '')) return null
    throw error
  }
}

function findFunction(abi: Abi, name: string, inputs: number): AbiFunction | undefined {
  return abi.find(
    (entry): entry is AbiFunction =>
      entry.type === 'function' && entry.name === name && entry.inputs.length === inputs,
  )
}
