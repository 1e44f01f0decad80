import { size } from 'viem'
import { SubnetError } from '../errors.ts'
import { settlementAbi } from './abi.ts'
import { revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readSettlement } from './read-settlement.ts'
import { readSettlementInput, type SettlementInput } from './read-settlement-input.ts'
import type { Settlement } from './read-settlements.ts'
import { sendTransaction } from './send-transaction.ts'
import { settleInSteps } from './settle-in-steps.ts'

/** Nodes refuse transactions beyond 128 KiB, and the chain those beyond 2^24 gas: this much takes half of either. */
const mostBytes = 72 * 1024
const mostValidators = 512

/** Settles an epoch whose reveal phase is over, in as many transactions as it takes; none when somebody has. */
export async function settleEpoch(chain: ChainContext, epoch: number): Promise<Settlement> {
  const known = await readSettlement(chain, epoch)
  if (known) return known
  const input = await readSettlementInput(chain, epoch)
  try {
    if (fitsOne(input)) await settleAtOnce(chain, epoch, input)
    else await settleInSteps(chain, epoch, input)
  } catch (error) {
    // Another validator was faster; its result is ours.
    if (revertedWith(error) !== 'EpochAlreadySettled') throw error
  }
  const settlement = await readSettlement(chain, epoch)
  if (settlement) return settlement
  throw new SubnetError(
    'CHAIN_INCONSISTENT',
    `epoch ${epoch} was settled, but the endpoint does not show it yet: it answers from different nodes`,
    { retryable: true, details: { epoch } },
  )
}

function fitsOne({ rows, bondsBefore, validators }: SettlementInput): boolean {
  const bytes = [...rows, ...bondsBefore].reduce((sum, part) => sum + size(part), 0)
  return bytes <= mostBytes && validators <= mostValidators
}

async function settleAtOnce(
  chain: ChainContext,
  epoch: number,
  { rows, seatsBefore, bondsBefore }: SettlementInput,
): Promise<void> {
  await sendTransaction(
    chain,
    {
      address: chain.deployment.contracts.settlement,
      abi: settlementAbi,
      functionName: 'settle',
      args: [BigInt(epoch), rows, seatsBefore, bondsBefore],
    },
    { kind: 'settle epoch', of: String(epoch) },
  )
}
