import type { Hex } from 'viem'
import { parseEther } from 'viem'
import type { EpochFacts, History, WindowFacts } from '../../dashboard/api/history.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import type { Role } from '../../shared/chain/role.ts'
import { noBonds } from '../../shared/protocol/bonds.ts'
import { decideConsensus, payoutsOf } from '../../shared/protocol/consensus.ts'

const schedule = { startBlock: 100n, windowBlocks: 50, commitBlocks: 30, epochWindows: 1, revealBlocks: 10 }
const rules = {
  ...{ kappa: 32_767, bondsPenalty: 65_535, bondsMovingAveragePpm: 0, quorumPpm: 500_000 },
  ...{ minerSharePpm: 500_000, minValidatorStake: 1n },
}
const hash = (byte: number): Hex => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`

function identity(role: Role, uid: number): Identity {
  const byte = ((role === 'miner' ? 16 : 160) + uid).toString(16)
  const key: Hex = `0x${byte.length === 2 ? byte.repeat(20) : byte.padStart(4, '0').repeat(10)}`
  return {
    ...{ role, uid, owner: key, hotKey: key, stake: parseEther('1000'), standing: 'active' },
    ...{ registeredAt: 1n, exitAt: null },
  }
}

/** Windows 0 to 3 of a subnet in which validator 2 gives miner 0 more than the others do; window 3 takes answers. */
export function someHistory(rows: readonly (readonly number[])[] = givenWeights): History {
  const miners = rows[0].map((_, uid) => identity('miner', uid))
  const validators = rows.map((_, uid) => identity('validator', uid))
  const stakes = validators.map(({ stake }) => stake)
  return {
    ...{ block: 260n, timestamp: 1_700_000_000n, schedule, window: 3, miners, validators, stakes },
    windows: [0, 1, 2, 3].map((window) => windowFacts(window, miners.length - 1)),
    epochs: [0, 1, 2, 3].map((epoch) => epochFacts(epoch, rows, stakes)),
    claims: [{ epoch: 0, role: 'miner', uid: 1, amount: parseEther('10') }],
    committed: [],
    opened: {
      opening: { blockHash: hash(7), openRound: 900n, auditRound: null },
      derived: { seed: hash(8), policy: hash(9) },
    },
  }
}

/** As many validators of one mind, each with a little noise, and the last with a favourite. */
export function crowdWeights(miners: number, validators: number): number[][] {
  return Array.from({ length: validators }, (_, validator) => {
    const raw = Array.from({ length: miners }, (_, miner) => {
      if (miner % 17 === 0) return 0
      const favour = validator === validators - 1 && miner === miners - 2 ? 40 : 1
      return favour * (100 + ((miner * 37) % 101) + ((miner * 31 + validator * 17) % 7))
    })
    const sum = raw.reduce((total, weight) => total + weight, 0)
    return raw.map((weight) => Math.floor((32_767 * weight) / sum))
  })
}

const givenWeights = [
  [10_000, 20_000, 0],
  [10_000, 20_000, 0],
  [30_000, 2_000, 0],
]

function windowFacts(window: number, committing: number): WindowFacts {
  return {
    window,
    opening: { blockHash: hash(window), openRound: BigInt(window + 1), auditRound: null },
    commitments: Array.from({ length: committing }, (_, minerUid) => ({
      ...{ minerUid, miner: identity('miner', minerUid).hotKey, root: hash(1), groups: 16, rollouts: 128 },
      ...{ uri: 'https://miner.example/bundles', block: 101n },
    })),
  }
}

/** The newest two are not settled: one is being revealed, one runs. */
function epochFacts(
  epoch: number,
  rows: readonly (readonly number[])[],
  stakes: readonly bigint[],
): EpochFacts {
  if (epoch > 2) return { epoch, reveals: [], settlement: null }
  const reveals = rows.map((weights, validatorUid) => ({
    ...{ validatorUid, row: '0x' as const, weights, salt: hash(3), evidenceRoot: hash(4) },
  }))
  if (epoch === 2) return { epoch, reveals: reveals.slice(0, 1), settlement: null }
  const validators = stakes.map((stake, uid) => ({ stake, weights: rows[uid] }))
  const consensus = decideConsensus(validators, rules, noBonds)
  if (!consensus) throw new Error('this epoch was to pay')
  const pools = { minerPool: parseEther('500'), validatorPool: parseEther('500') }
  const payouts = payoutsOf(consensus, pools)
  return {
    epoch,
    reveals,
    settlement: { ...consensus, ...pools, epoch, voided: false, payouts, root: hash(5) },
  }
}
