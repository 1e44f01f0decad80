import type { Address, Hex } from 'viem'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Deployment } from '../../shared/chain/deployment.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { readSettlements, type Settlement } from '../../shared/chain/read-settlements.ts'
import { readUnclaimed } from '../../shared/chain/read-unclaimed.ts'
import type { Reason } from '../../shared/protocol/verdict.ts'
import { journalPath } from '../roles/journal-path.ts'
import type { Registered } from './conductor.ts'
import { type MinerLedger, readLedger } from './ledger.ts'
import type { Behaviour } from './participants.ts'

/** What became of a miner, from the chain and from the validators' journals. */
export interface MinerOutcome extends MinerLedger {
  readonly name: string
  readonly address: Address
  readonly behaviour: Behaviour
  readonly committedWindows: number
  readonly groups: number
  readonly rollouts: number
  /** Completion tokens that the miner reported; for the eye only. */
  readonly tokens: number
  /** Share of all that miners were paid so far. */
  readonly incentive: number
  /** Token units. */
  readonly claimed: bigint
  readonly reasons: Readonly<Partial<Record<Reason, number>>>
}

export interface ValidatorOutcome {
  readonly name: string
  readonly address: Address
  readonly committed: number
  readonly revealed: number
  readonly abstained: number
  /** Share of all that validators were paid so far. */
  readonly dividend: number
  readonly claimed: bigint
}

export interface Outcome {
  readonly windows: number
  readonly settled: readonly { readonly epoch: number; readonly voided: boolean }[]
  readonly miners: readonly MinerOutcome[]
  readonly validators: readonly ValidatorOutcome[]
}

/** @param windows how many windows have begun; one epoch each */
export async function readOutcome(
  chain: ChainContext,
  participants: readonly Registered[],
  windows: number,
  tokensOf: (participant: Registered) => number,
): Promise<Outcome> {
  const epochs = Array.from({ length: windows }, (_, epoch) => epoch)
  const settlements = await readSettlements(chain, epochs)
  const miners = participants.filter(({ role }) => role === 'miner')
  const validators = participants.filter(({ role }) => role === 'validator')
  const ledger = readLedger(
    validators.map((validator) => journalOf(chain.deployment, validator)),
    miners.length,
  )
  const commitments = (await Promise.all(epochs.map((window) => readCommitments(chain, window)))).flat()
  const reveals = (await Promise.all(epochs.map((epoch) => readReveals(chain, epoch)))).flat()
  return {
    windows,
    settled: settlements.map(({ epoch, voided }) => ({ epoch, voided })),
    miners: await Promise.all(
      miners.map(async (miner): Promise<MinerOutcome> => {
        const own = commitments.filter(({ minerUid }) => minerUid === miner.uid)
        return {
          ...ledger[miner.uid],
          name: miner.name,
          address: miner.hotKey.address,
          behaviour: miner.behaviour,
          committedWindows: own.length,
          groups: own.reduce((sum, { groups }) => sum + groups, 0),
          rollouts: own.reduce((sum, { rollouts }) => sum + rollouts, 0),
          tokens: tokensOf(miner),
          incentive: shareOf(settlements, miner),
          claimed: await claimedBy(chain, settlements, miner),
        }
      }),
    ),
    validators: await Promise.all(
      validators.map(async (validator): Promise<ValidatorOutcome> => {
        const revealed = reveals.filter(({ validatorUid }) => validatorUid === validator.uid).length
        const commits = await Promise.all(epochs.map((epoch) => readScoreCommit(chain, epoch, validator.uid)))
        const committed = Math.max(revealed, commits.filter(Boolean).length)
        return {
          name: validator.name,
          address: validator.hotKey.address,
          committed,
          revealed,
          abstained: Math.max(0, settlements.length - committed),
          dividend: shareOf(settlements, validator),
          claimed: await claimedBy(chain, settlements, validator),
        }
      }),
    ),
  }
}

export function journalOf(deployment: Deployment, { dataDir, role, uid }: Registered): string {
  return journalPath(dataDir, deployment, role, uid)
}

function shareOf(settlements: readonly Settlement[], { role, uid }: Registered): number {
  const payouts = settlements
    .flatMap((settlement) => settlement.payouts)
    .filter((payout) => payout.role === role)
  const sum = (amounts: readonly { amount: bigint }[]) =>
    amounts.reduce((total, { amount }) => total + amount, 0n)
  const all = sum(payouts)
  const own = sum(payouts.filter((payout) => payout.uid === uid))
  return all === 0n ? 0 : Number((own * 1_000_000n) / all) / 1_000_000
}

async function claimedBy(
  chain: ChainContext,
  settlements: readonly Settlement[],
  { role, uid }: Registered,
): Promise<bigint> {
  const epochs = settlements.filter(({ voided }) => !voided).map(({ epoch }) => epoch)
  const open = epochs.length === 0 ? [] : await readUnclaimed(chain, role, uid, epochs)
  return settlements
    .filter(({ epoch }) => !open.includes(epoch))
    .flatMap(({ payouts }) => payouts)
    .filter((payout) => payout.role === role && payout.uid === uid)
    .reduce((total, { amount }) => total + amount, 0n)
}

/** The report's JSON, as `--report` writes it. */
export function reportOf(
  outcome: Outcome,
  about: { environment: string; policy: Hex; timings: Readonly<Record<string, number>> },
) {
  return {
    windows: outcome.windows,
    environment: about.environment,
    policy: about.policy,
    miners: outcome.miners.map((miner) => ({
      address: miner.address,
      behaviour: miner.behaviour,
      groups: miner.groups,
      rollouts: miner.rollouts,
      tokens: miner.tokens,
      audited: miner.audited,
      accepted: miner.accepted,
      rejected: miner.rejected,
      reasons: miner.reasons,
      incentive: miner.incentive,
      claimed: String(miner.claimed),
    })),
    validators: outcome.validators.map(({ address, committed, revealed, abstained, dividend }) => ({
      address,
      committed,
      revealed,
      abstained,
      dividend,
    })),
    timings: about.timings,
  }
}
