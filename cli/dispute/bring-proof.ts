import { type Hex, parseEventLogs, zeroAddress } from 'viem'
import { disputesAbi } from '../../shared/chain/abi.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { type AnyCall, sendTransaction, simulateTransaction } from '../../shared/chain/send-transaction.ts'

/** What came of a proof. */
export interface Outcome {
  /** The contract's function. */
  readonly proof: string
  /** Null where it was only tried, and would go through. */
  readonly sent: {
    readonly transaction: Hex
    readonly gasUsed: bigint
    /** As the contract tells it: a miner's period is its window, a validator's its epoch. */
    readonly punished: { readonly role: string; readonly uid: number; readonly period: bigint }
    /** Token units. */
    readonly slashed: bigint
  } | null
}

const roles = ['miner', 'validator']

/**
 * A trial needs no key: what is proven is the same whoever proves it.
 * @throws SubnetError as `sendTransaction`; CHAIN_REVERTED names why the contract is not convinced
 */
export async function bringProof(chain: ChainContext, call: AnyCall, dryRun: boolean): Promise<Outcome> {
  const proof = call.functionName
  if (dryRun) {
    await simulateTransaction(chain, call, zeroAddress)
    return { proof, sent: null }
  }
  const { logs, transactionHash, gasUsed } = await sendTransaction(chain, call)
  const [{ args }] = parseEventLogs({ abi: disputesAbi, logs, eventName: 'FaultProven' })
  const punished = { role: roles[args.role], uid: args.uid, period: args.period }
  return { proof, sent: { transaction: transactionHash, gasUsed, punished, slashed: args.slashed } }
}

/** Text for people; `--json` has the same. */
export function renderOutcome({ proof, sent }: Outcome): string {
  if (!sent) return `${proof} would go through now; nothing was sent`
  const { punished, slashed, transaction, gasUsed } = sent
  const { role, uid, period } = punished
  const when = `${role === 'miner' ? 'window' : 'epoch'} ${period}`
  return `${role} ${uid} was punished for ${when} with ${slashed} token units: transaction ${transaction}, ${gasUsed} gas`
}
