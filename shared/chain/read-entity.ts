import type { Address } from 'viem'
import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Role, roleIndex, type Standing, standingAt } from './role.ts'

export interface Identity {
  readonly role: Role
  readonly uid: number
  /** Holds the stake and is paid. */
  readonly owner: Address
  /** Signs. */
  readonly hotKey: Address
  /** Token units, bonded or unbonding. */
  readonly stake: bigint
  readonly standing: Standing
  readonly registeredAt: bigint
  /** First block at which an exiting stake may be withdrawn; null unless exiting. */
  readonly exitAt: bigint | null
}

/** @throws SubnetError CHAIN_REVERTED UnknownIdentity */
export async function readEntity(
  { publicClient, deployment }: ChainContext,
  role: Role,
  uid: number,
): Promise<Identity> {
  const [owner, hotKey, seat] = await askChain(`read ${role} ${uid}`, () =>
    publicClient.readContract({
      address: deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'entity',
      args: [roleIndex(role), uid],
    }),
  )
  return {
    role,
    uid,
    owner,
    hotKey,
    stake: seat.stake,
    standing: standingAt(seat.standing),
    registeredAt: BigInt(seat.registeredAt),
    exitAt: seat.exitAt === 0 ? null : BigInt(seat.exitAt),
  }
}
