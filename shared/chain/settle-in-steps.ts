import { type ContractFunctionArgs, type Hex, keccak256 } from 'viem'
import { revealEnd } from '../protocol/schedule.ts'
import { settlementAbi } from './abi.ts'
import { askChain, revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readPages } from './read-pages.ts'
import { readSchedule } from './read-schedule.ts'
import { readSettlement } from './read-settlement.ts'
import type { SettlementInput } from './read-settlement-input.ts'
import { sliceHashes, slicesOf } from './score-row.ts'
import { sendTransaction } from './send-transaction.ts'

type Tally = ContractFunctionArgs<typeof settlementAbi, 'nonpayable', 'scan'>[0]

/** Refusals which say that somebody else has taken the step. */
const overtaken = new Set(['AlreadyBegun', 'TallyMismatch', 'StepOutOfOrder'])

/** Goes on with a chunked settlement from wherever it stands, whoever began it, to its end. */
export async function settleInSteps(
  chain: ChainContext,
  epoch: number,
  input: SettlementInput,
): Promise<void> {
  while (!(await readSettlement(chain, epoch))) {
    const tally = await readTally(chain, epoch)
    try {
      await takeStep(chain, epoch, tally, input)
    } catch (error) {
      if (!overtaken.has(revertedWith(error) ?? '')) throw error
    }
  }
}

async function takeStep(
  chain: ChainContext,
  epoch: number,
  tally: Tally | null,
  { rows, seatsBefore, bondsBefore }: SettlementInput,
): Promise<void> {
  const call = { address: chain.deployment.contracts.settlement, abi: settlementAbi } as const
  const chunk = tally?.ranks.length ?? 0
  const intent = { kind: 'take settlement step', of: `${epoch}: ${describeStep(tally)}` }
  if (!tally) {
    await sendTransaction(chain, { ...call, functionName: 'begin', args: [BigInt(epoch)] }, intent)
  } else if (tally.scanned < tally.validators) {
    await sendTransaction(chain, { ...call, functionName: 'scan', args: [tally] }, intent)
  } else if (!tally.seated) {
    const bondHashes = bondsBefore.map((bonds) => keccak256(bonds))
    const args = [tally, rows.map(sliceHashes), seatsBefore, bondHashes] as const
    await sendTransaction(chain, { ...call, functionName: 'seat', args }, intent)
  } else if (chunk < tally.slices.length) {
    const slices = rows.map((row) => slicesOf(row)[chunk] ?? '0x')
    const args = [tally, slices, bondsBefore[chunk] ?? '0x'] as const
    await sendTransaction(chain, { ...call, functionName: 'decide', args }, intent)
  } else {
    const args = [tally, await readRanks(chain, epoch, chunk)] as const
    await sendTransaction(chain, { ...call, functionName: 'finish', args }, intent)
  }
}

/** Where a chunked settlement stands; the same for whoever looks. */
function describeStep(tally: Tally | null): string {
  if (!tally) return 'begin'
  return `${tally.scanned} scanned, ${tally.seated ? `${tally.ranks.length} decided` : 'none seated'}`
}

async function readTally(chain: ChainContext, epoch: number): Promise<Tally | null> {
  const fromBlock = await firstBlock(chain, epoch)
  const events = await askChain(`read how far the settlement of epoch ${epoch} is`, () =>
    readPages(chain, { fromBlock }, (page) =>
      chain.publicClient.getContractEvents({
        ...eventsOf(chain, epoch),
        ...page,
        eventName: 'SettlementAdvanced',
        strict: true,
      }),
    ),
  )
  return events.at(-1)?.args.tally ?? null
}

async function readRanks(chain: ChainContext, epoch: number, chunks: number): Promise<Hex[]> {
  const fromBlock = await firstBlock(chain, epoch)
  const events = await askChain(`read the ranks of epoch ${epoch}`, () =>
    readPages(chain, { fromBlock }, (page) =>
      chain.publicClient.getContractEvents({
        ...eventsOf(chain, epoch),
        ...page,
        eventName: 'ColumnsDecided',
        strict: true,
      }),
    ),
  )
  const ranks = new Map(events.map(({ args }) => [Number(args.chunk), args.ranks]))
  return Array.from({ length: chunks }, (_, chunk) => ranks.get(chunk) ?? '0x')
}

async function firstBlock(chain: ChainContext, epoch: number): Promise<bigint> {
  return revealEnd(await readSchedule(chain), epoch)
}

function eventsOf(chain: ChainContext, epoch: number) {
  return {
    address: chain.deployment.contracts.settlement,
    abi: settlementAbi,
    args: { epoch: BigInt(epoch) },
  } as const
}
