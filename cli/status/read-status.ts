import type { ChainContext } from '../../shared/chain/connect.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { readCommitment } from '../../shared/chain/read-commitments.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import { readNextEpoch } from '../../shared/chain/read-next-epoch.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { readSettlements, type Settlement } from '../../shared/chain/read-settlements.ts'
import { commitDeadline, epochOf, windowAt, windowsOf } from '../../shared/protocol/schedule.ts'
import { planClaims } from '../transact/plan-claims.ts'

/** One settled epoch, as it came out for an identity. */
export interface EpochStatus {
  readonly epoch: number
  readonly voided: boolean
  /** Of a miner: what each validator that revealed gave it, of 32767. */
  readonly weights: readonly { readonly validator: number; readonly weight: number }[]
  /** Of a miner's pool, or a validator's; from 0 to 1. */
  readonly share: number
  /** Token units. */
  readonly earned: bigint
  /** Of a miner: windows of the epoch to which it committed. Of a validator: none. */
  readonly committed: readonly number[]
  readonly missed: readonly number[]
  /** Of a validator: how far its scores came; null for a miner, and once the chain has forgotten. */
  readonly scores: 'none' | 'committed' | 'revealed' | null
}

export interface Status {
  readonly identity: Identity
  readonly block: bigint
  readonly window: number
  readonly epoch: number
  /** Of a miner: the latest windows whose deadline has passed, newest first. */
  readonly windows: readonly { readonly window: number; readonly rollouts: number | null }[]
  /** The latest settled epochs, newest first. */
  readonly epochs: readonly EpochStatus[]
  readonly owed: { readonly epochs: readonly number[]; readonly amount: bigint }
}

const latestWindows = 5
const latestEpochs = 3
/** As far back as unclaimed rewards are looked for; `rollproof claim` looks further. */
const claimEpochs = 64

/** Everything that the chain says of an identity. */
export async function readStatus(chain: ChainContext, identity: Identity): Promise<Status> {
  const [schedule, block, next] = await Promise.all([
    readSchedule(chain),
    readBlockNumber(chain),
    readNextEpoch(chain),
  ])
  const window = windowAt(schedule, block)
  const last = block >= commitDeadline(schedule, window) ? window : window - 1
  const closed = identity.role === 'miner' ? countDown(last, latestWindows) : []
  const settlements = await readSettlements(chain, countDown(next - 1, latestEpochs))
  const { epochs, amount } = await planClaims(chain, identity, Math.max(0, next - claimEpochs))
  return {
    identity,
    block,
    window,
    epoch: epochOf(schedule, Math.max(0, window)),
    windows: await Promise.all(
      closed.map(async (closedWindow) => {
        const commitment = await readCommitment(chain, closedWindow, identity.uid)
        return { window: closedWindow, rollouts: commitment?.rollouts ?? null }
      }),
    ),
    epochs: await Promise.all(
      settlements
        .toReversed()
        .map((settlement) => readEpoch(chain, identity, settlement, windowsOf(schedule, settlement.epoch))),
    ),
    owed: { epochs, amount },
  }
}

async function readEpoch(
  chain: ChainContext,
  { role, uid }: Identity,
  { epoch, voided, payouts, minerPool, validatorPool }: Settlement,
  windows: readonly number[],
): Promise<EpochStatus> {
  const pool = role === 'miner' ? minerPool : validatorPool
  const earned = payouts.find((payout) => payout.role === role && payout.uid === uid)?.amount ?? 0n
  const share = pool === 0n ? 0 : Number((earned * 1_000_000n) / pool) / 1_000_000
  const about = { epoch, voided, share, earned }
  if (role === 'validator') {
    const revealed = (await readReveals(chain, epoch)).some(({ validatorUid }) => validatorUid === uid)
    const scores = revealed ? 'revealed' : (await readScoreCommit(chain, epoch, uid)) ? 'committed' : 'none'
    return { ...about, weights: [], committed: [], missed: [], scores }
  }
  const [reveals, commitments] = await Promise.all([
    readReveals(chain, epoch),
    Promise.all(windows.map((window) => readCommitment(chain, window, uid))),
  ])
  return {
    ...about,
    weights: reveals.map(({ validatorUid, weights }) => ({
      validator: validatorUid,
      weight: weights[uid] ?? 0,
    })),
    committed: windows.filter((_, i) => commitments[i]),
    missed: windows.filter((_, i) => !commitments[i]),
    scores: null,
  }
}

/** From `last` down, at most so many, none below 0. */
function countDown(last: number, most: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(most, last + 1)) }, (_, i) => last - i)
}
