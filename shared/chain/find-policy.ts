import type { Hex } from 'viem'
import { revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type PublishedPolicy, readPolicy } from './read-policy.ts'

/** Null where nobody published it. */
export async function findPolicy(chain: ChainContext, manifestHash: Hex): Promise<PublishedPolicy | null> {
  try {
    return await readPolicy(chain, manifestHash)
  } catch (error) {
    if (revertedWith(error) === 'PolicyUnknown') return null
    throw error
  }
}
