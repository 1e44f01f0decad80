import { concat, type Hex } from 'viem'
import { noBonds } from '../protocol/bonds.ts'
import { type Consensus, type Payout, payoutsOf } from '../protocol/consensus.ts'
import { revealEnd } from '../protocol/schedule.ts'
import { settlementAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { unpackBonds } from './packed-bonds.ts'
import { unpackUints } from './packed-uints.ts'
import { readNextEpoch } from './read-next-epoch.ts'
import { type BlockRange, readPages } from './read-pages.ts'
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
  const next = epochs.length === 0 ? 0 : await readNextEpoch(chain)
  const settled = epochs.filter((epoch) => epoch < next)
  if (settled.length === 0) return []
  const request = {
    address: chain.deployment.contracts.settlement,
    abi: settlementAbi,
    args: { epoch: settled.map(BigInt) },
    strict: true,
  } as const
  const fromBlock = revealEnd(await readSchedule(chain), Math.min(...settled))
  // Decoded within, since what the packed rows hold is as much the endpoint's word as their bytes.
  const settlements = await askChain(`read the settlement of epochs ${settled.join(', ')}`, async () => {
    const decided: DecidedEvent[] = []
    const readPage = async (page: BlockRange): Promise<Ending[]> => {
      const [columns, ends, voids] = await Promise.all([
        chain.publicClient.getContractEvents({ ...request, ...page, eventName: 'ColumnsDecided' }),
        chain.publicClient.getContractEvents({ ...request, ...page, eventName: 'EpochSettled' }),
        chain.publicClient.getContractEvents({ ...request, ...page, eventName: 'EpochVoided' }),
      ])
      decided.push(...columns.map(({ args }) => args))
      return [
        ...ends.map(({ args }) => ({ epoch: args.epoch, settled: args })),
        ...voids.map(({ args }) => ({ epoch: args.epoch, settled: null })),
      ]
    }
    const ended = await readPages(chain, { fromBlock }, readPage, ({ length }) => length >= settled.length)
    return ended.map((end) =>
      end.settled
        ? toSettlement(
            end.settled,
            decided.filter(({ epoch }) => epoch === end.epoch),
          )
        : { ...nothing, epoch: Number(end.epoch) },
    )
  })
  return settlements.sort((a, b) => a.epoch - b.epoch)
}

/** How an epoch ended; null where it was voided. */
interface Ending {
  readonly epoch: bigint
  readonly settled: SettledEvent | null
}

interface SettledEvent {
  readonly epoch: bigint
  readonly root: Hex
  readonly minerPool: bigint
  readonly validatorPool: bigint
  readonly validatorUids: Hex
  readonly stakes: Hex
  readonly trusts: Hex
  readonly dividends: Hex
}

interface DecidedEvent {
  readonly epoch: bigint
  readonly chunk: bigint
  readonly consensus: Hex
  readonly ranks: Hex
  readonly bonds: Hex
}

function toSettlement(event: SettledEvent, decided: readonly DecidedEvent[]): Settlement {
  const { root, minerPool, validatorPool } = event
  // A chunk may be there twice, with the same content, where a chunked settlement was overtaken.
  const chunks = [...new Map(decided.map((chunk) => [chunk.chunk, chunk])).values()]
  chunks.sort((a, b) => Number(a.chunk - b.chunk))
  const joined = (part: (chunk: DecidedEvent) => Hex) => concat(['0x', ...chunks.map(part)])
  const validatorUids = unpackUints(event.validatorUids, 4)
  const consensus = {
    validatorUids,
    stakes: unpackUints(event.stakes, 2),
    trusts: unpackUints(event.trusts, 2),
    dividends: unpackUints(event.dividends, 6),
    consensus: unpackUints(
      joined((chunk) => chunk.consensus),
      2,
    ),
    ranks: unpackUints(
      joined((chunk) => chunk.ranks),
      4,
    ),
    bonds: unpackBonds(
      validatorUids,
      joined((chunk) => chunk.bonds),
    ),
  }
  const payouts = payoutsOf(consensus, { minerPool, validatorPool })
  return { ...consensus, epoch: Number(event.epoch), voided: false, minerPool, validatorPool, payouts, root }
}

const nothing: Omit<Settlement, 'epoch'> = {
  voided: true,
  root: null,
  minerPool: 0n,
  validatorPool: 0n,
  validatorUids: [],
  stakes: [],
  trusts: [],
  dividends: [],
  consensus: [],
  ranks: [],
  bonds: noBonds,
  payouts: [],
}
