import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { readUri } from './read-uri.ts'
import { sendTransaction } from './send-transaction.ts'

/**
 * Says where the signing miner's bundles lie, where the chain says otherwise.
 * @param window in which it is said: once at most
 * @returns whether anything was sent
 * @throws SubnetError CHAIN_REVERTED UriTooLong, HotKeyUnknown
 */
export async function announceUri(
  chain: ChainContext,
  minerUid: number,
  uri: string,
  window = 0,
): Promise<boolean> {
  if ((await readUri(chain, minerUid)) === uri) return false
  await sendTransaction(
    chain,
    {
      address: chain.deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'announce',
      args: [uri],
    },
    { kind: 'announce bundles', of: `window ${window}` },
  )
  return true
}
