import { type Address, zeroAddress } from 'viem'
import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Role, roleIndex } from './role.ts'

/** The key that signed for an identity at the end of a block; null before it registered and once it left. */
export async function readHotKey(
  { publicClient, deployment }: ChainContext,
  { role, uid }: { readonly role: Role; readonly uid: number },
  block: bigint,
): Promise<Address | null> {
  const key = await askChain(`read the hot key of ${role} ${uid}`, () =>
    publicClient.readContract({
      address: deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'hotKeyAt',
      args: [roleIndex(role), uid, block],
    }),
  )
  return key === zeroAddress ? null : key
}
