import type { Hex } from 'viem'
import { type Consensus, type Payout, payoutsOf } from '../protocol/consensus.ts'
import { revealEnd } from '../protocol/schedule.ts'
import { settlementAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { unpackUints } from './packed-uints.ts'
import { readSchedule } from './read-schedule.ts'

/** Everything an epoch's payouts were made from; all empty when it was voided. */
export interface Settlement extends Consensus {
  readonly epoch: number
  /** The epoch paid nobody and its emission rolled over. */
  readonly voided: boolean
  /** Token units. */
  readonly minerPool: bigint
  readonly validatorPool: bigint
  /** Leaves of the vault's Merkle tree, in its order. */
  readonly payouts: readonly Payout[]
  readonly root: Hex | null
}

/** Those of the given epochs that are settled, in epoch order. */
export async function readSettlements(chain: ChainContext, epochs: readonly number[]): Promise<Settlement[]> {
  if (epochs.length === 0) return []
  const schedule = await readSchedule(chain)
  const request = {
    address: chain.deployment.contracts.settlement,
    abi: settlementAbi,
    args: { epoch: epochs.map(BigInt) },
    fromBlock: revealEnd(schedule, Math.min(...epochs)),
    strict: true,
  } as const
  // Decoded within, since what the packed rows hold is as much the endpoint's word as their bytes.
  const settlements = await askChain(`read the settlement of epochs ${epochs.join(', ')}`, async () => {
    const [settled, voided] = await Promise.all([
      chain.publicClient.getContractEvents({ ...request, eventName: 'EpochSettled' }),
      chain.publicClient.getContractEvents({ ...request, eventName: 'EpochVoided' }),
    ])
    return [
      ...settled.map(({ args }) => toSettlement(args)),
      ...voided.map(({ args }) => ({ ...nothing, epoch: Number(args.epoch) })),
    ]
  })
  return settlements.sort((a, b) => a.epoch - b.epoch)
}

function toSettlement(event: {
  epoch: bigint
  root: Hex
  minerPool: bigint
  validatorPool: bigint
  validatorUids: Hex
  stakes: Hex
  trusts: Hex
  consensus: Hex
  ranks: Hex
}): Settlement {
  const { root, minerPool, validatorPool } = event
  const decided = {
    validatorUids: unpackUints(event.validatorUids, 4),
    stakes: unpackUints(event.stakes, 2),
    trusts: unpackUints(event.trusts, 2),
    consensus: unpackUints(event.consensus, 2),
    ranks: unpackUints(event.ranks, 4),
  }
  const payouts = payoutsOf(decided, { minerPool, validatorPool })
  return { ...decided, epoch: Number(event.epoch), voided: false, minerPool, validatorPool, payouts, root }
}

const nothing: Omit<Settlement, 'epoch'> = {
  voided: true,
  root: null,
  minerPool: 0n,
  validatorPool: 0n,
  validatorUids: [],
  stakes: [],
  trusts: [],
  consensus: [],
  ranks: [],
  payouts: [],
}
