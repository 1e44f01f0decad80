import { formatEther, type Hex } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { type CallPreview, decodeCall, previewCalls } from '../../shared/chain/preview-call.ts'
import { type AnyCall, sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'

/** What became of one call; `hash` is null where it was only tried. */
export interface Performed extends CallPreview {
  readonly hash: Hex | null
}

/** Sends the calls one after another, or says what sending them would do. */
export async function perform(
  chain: ChainContext,
  calls: readonly AnyCall[],
  dryRun: boolean,
): Promise<Performed[]> {
  if (dryRun) {
    const previews = await previewCalls(chain, calls, signerOf(chain).account)
    return previews.map((preview) => ({ ...preview, hash: null }))
  }
  const performed: Performed[] = []
  for (const call of calls) {
    const { transactionHash, gasUsed, effectiveGasPrice } = await sendTransaction(chain, call)
    const cost = gasUsed * effectiveGasPrice
    performed.push({ ...decodeCall(chain, call), gas: gasUsed, cost, hash: transactionHash })
  }
  return performed
}

export function renderPerformed(performed: readonly Performed[]): string {
  return performed.map((call) => `${renderCall(call)}\n  ${renderCost(call)}`).join('\n')
}

function renderCall({ contract, to, functionName, args }: Performed): string {
  const given = Object.entries(args).map(([name, value]) => `${name} ${renderValue(value)}`)
  return `${contract ?? to}.${functionName}(${given.join(', ')})`
}

const mostShown = 120

function renderValue(value: unknown): string {
  const text = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item)) ?? 'none'
  const bare = text.replace(/^"(.*)"$/, '$1')
  return bare.length > mostShown ? `${bare.slice(0, mostShown)}…` : bare
}

function renderCost({ gas, cost, hash }: Performed): string {
  if (gas === null || cost === null) return 'not sent; its gas is known once the call before it is in a block'
  if (hash === null) return `not sent; ${gas} gas, at most ${formatEther(cost)} of the chain's currency`
  return `transaction ${hash}, ${gas} gas, ${formatEther(cost)} of the chain's currency`
}
