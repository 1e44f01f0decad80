import type { Address } from 'viem'
import { stakeRegistryAbi } from './abi.ts'
import { approveCalls } from './approve-call.ts'
import type { ChainContext } from './connect.ts'
import type { Identity } from './read-entity.ts'
import { roleIndex } from './role.ts'
import type { AnyCall } from './send-transaction.ts'

type Named = Pick<Identity, 'role' | 'uid'>

/** Adds to a bond. @param amount token units */
export async function stakeCalls(
  chain: ChainContext,
  { role, uid, owner }: Named & Pick<Identity, 'owner'>,
  amount: bigint,
): Promise<AnyCall[]> {
  const approval = await approveCalls(chain, owner, amount)
  return [...approval, registryCall(chain, 'stake', [roleIndex(role), uid, amount])]
}

/** Leaves: the stake stops counting, and is paid back after unbonding. */
export function requestUnstakeCall(chain: ChainContext, { role, uid }: Named): AnyCall {
  return registryCall(chain, 'requestUnstake', [roleIndex(role), uid])
}

/** Pays the whole stake back to the owner, once unbonding is over. */
export function withdrawCall(chain: ChainContext, { role, uid }: Named): AnyCall {
  return registryCall(chain, 'withdraw', [roleIndex(role), uid])
}

/** Another key signs from then on; stake and uid stay. Nothing where it signs already. */
export function rotateHotKeyCalls(
  chain: ChainContext,
  { role, uid, hotKey }: Named & Pick<Identity, 'hotKey'>,
  newHotKey: Address,
): AnyCall[] {
  if (hotKey === newHotKey) return []
  return [registryCall(chain, 'rotateHotKey', [roleIndex(role), uid, newHotKey])]
}

function registryCall({ deployment }: ChainContext, functionName: string, args: readonly unknown[]): AnyCall {
  return { address: deployment.contracts.stakeRegistry, abi: stakeRegistryAbi, functionName, args }
}
