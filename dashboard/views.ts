import type { ErrorCode } from '../shared/error-codes/catalogue.ts'

/**
 * What the API answers and the page shows: plain JSON. Token amounts are decimal text in whole tokens, shares lie
 * in 0 … 1, block numbers fit a double, and everything that a stranger wrote is text and nothing else.
 */
export interface Overview {
  readonly subnet: Subnet
  readonly loop: Loop
  readonly miners: readonly MinerRow[]
  readonly validators: readonly ValidatorRow[]
  /** Settled epochs that were not voided, newest first: those that have weights to show. */
  readonly weighed: readonly number[]
  /** Journals that were found: without any, audits and verdicts are not known here. */
  readonly journals: number
  /** Windows and epochs that figures without a date are sums of. */
  readonly recent: { readonly from: number; readonly to: number }
}

export interface Subnet {
  readonly name: string
  readonly chainId: number
  readonly contracts: Readonly<Record<string, string>>
}

export interface Loop {
  readonly block: number
  /** Unix seconds of that block. */
  readonly timestamp: number
  /** -1 before the first window. */
  readonly window: number
  readonly epoch: number
  /** Of the window that runs now, then of the epoch that is being settled meanwhile. */
  readonly phases: readonly Phase[]
  readonly seed: WindowSeed | null
  /** Newest first. */
  readonly windows: readonly WindowRow[]
}

export interface Phase {
  readonly name: 'answers' | 'audit' | 'reveal' | 'settle'
  /** Half-open, as the contracts count: [from, to). `settle` has no end. */
  readonly from: number
  readonly to: number | null
  readonly state: 'past' | 'now' | 'coming'
  /** Who has done what is asked for, of how many. */
  readonly done: number
  readonly of: number
}

export interface WindowSeed {
  readonly blockHash: string
  readonly openRound: string
  readonly auditRound: string | null
  /** Null where no relay answered. */
  readonly seed: string | null
  readonly policy: string | null
}

export interface WindowRow {
  readonly window: number
  readonly epoch: number
  readonly miners: number
  readonly groups: number
  readonly rollouts: number
  readonly revealed: number
  readonly state: 'not opened' | 'answers' | 'audit' | 'reveal' | 'settle' | 'paid' | 'voided'
}

export type Reasons = Readonly<Record<string, number>>

export interface MinerRow {
  readonly uid: number
  readonly hotKey: string
  readonly owner: string
  readonly standing: string
  readonly stake: string
  readonly windows: number
  readonly groups: number
  readonly rollouts: number
  readonly audited: number
  readonly accepted: number
  readonly rejected: number
  /** Rollouts that one validator accepted and another rejected. */
  readonly disputed: number
  readonly reasons: Reasons
  /** Verified tokens, weighed; of the newest window that was judged. Null where no journal says. */
  readonly score: number | null
  /** Share of what miners were paid, by epoch, oldest first; null where the epoch paid nobody. */
  readonly incentives: readonly (number | null)[]
  readonly incentive: number
  readonly earned: string
  readonly claimed: string
}

export interface ValidatorRow {
  readonly uid: number
  readonly hotKey: string
  readonly owner: string
  readonly standing: string
  readonly stake: string
  /** Of the stake that counts in the running epoch. */
  readonly power: number
  /** By epoch, oldest first. */
  readonly reveals: readonly { readonly epoch: number; readonly state: RevealState }[]
  readonly evidenceRoot: string | null
  /** Share of its weight that survived clipping in the newest settled epoch; null where it had no seat. */
  readonly trust: number | null
  readonly dividend: number
  readonly earned: string
  readonly claimed: string
  /** The newest epoch that it abstained from and why, where its journal is at hand. */
  readonly abstained: { readonly epoch: number; readonly why: string } | null
}

export type RevealState = 'revealed' | 'committed' | 'missed' | 'open'

export interface Weights {
  readonly epoch: number
  /** By miner uid: the largest weight that a majority of stake gave at least; share of a row. */
  readonly consensus: readonly number[]
  readonly incentive: readonly number[]
  readonly rows: readonly WeightRow[]
}

export interface WeightRow {
  readonly validator: number
  /** Share of the revealed stake; null for a row that came without a seat. */
  readonly power: number | null
  readonly given: readonly number[]
  readonly clipped: readonly number[]
}

export interface RolloutPage {
  readonly page: number
  readonly pages: number
  readonly total: number
  readonly rollouts: readonly RolloutRow[]
}

export interface RolloutRow {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  readonly accepted: boolean
  readonly reason: string | null
  readonly tokens: number
  /** Who judged it, of the validators whose journals are at hand. */
  readonly validators: readonly number[]
  readonly disputed: boolean
}

export interface RolloutDetail {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  /** As each validator's journal has it. */
  readonly verdicts: readonly JournalVerdict[]
  /** Derived again here, from chain, beacon, bundle and checkpoint; null where that failed. */
  readonly derived: Derivation | null
  readonly failure: Failure | null
}

export interface JournalVerdict {
  readonly validator: number
  readonly accepted: boolean
  readonly check: string | null
  readonly reason: string | null
  readonly numbers: Readonly<Record<string, number | string>>
}

export interface Derivation {
  readonly reason: string | null
  readonly check: string | null
  readonly checks: readonly DerivedCheck[]
  readonly selection: { readonly shared: boolean; readonly validators: readonly number[] } | null
  readonly prompt: string | null
  readonly tokens: readonly ShownToken[]
  readonly difference: Difference | null
  readonly policy: string
  readonly windowSeed: string
  readonly auditSeed: string
}

export interface DerivedCheck {
  readonly check: string
  /** Null: not reached, since an earlier check refuses the whole bundle. */
  readonly passed: boolean | null
  readonly numbers: Readonly<Record<string, number | string>>
}

export interface ShownToken {
  readonly text: string
  /** As the miner declared it, in nats; a check compares it with the policy's. */
  readonly logProbability: number
}

export interface Difference {
  readonly position: number
  readonly owed: TokenChoice
  readonly given: TokenChoice
}

export interface TokenChoice {
  readonly token: number
  readonly text: string
  readonly probability: number
}

export interface Learning {
  /** In the order of their publication. */
  readonly checkpoints: readonly CheckpointRow[]
  /** Held-out problems; empty where nobody asked any. */
  readonly curve: readonly CurveDot[]
}

export interface CheckpointRow {
  readonly policy: string
  readonly parent: string
  readonly activationWindow: number
  readonly rejected: boolean
  /** Share of active stake that objected. */
  readonly objected: number
  /** From the update's record; null where it is not at hand. */
  readonly update: {
    readonly firstStep: number
    readonly steps: number
    readonly groups: number
    readonly rollouts: number
    readonly loss: number
  } | null
}

export interface CurveDot {
  readonly policy: string
  readonly steps: number
  readonly passRate: number
  readonly standardError: number
  readonly problems: number
}

export interface Governance {
  /** Newest first. */
  readonly proposals: readonly ProposalRow[]
}

export interface ProposalRow {
  readonly id: string
  readonly state: string
  readonly proposer: string
  readonly description: string
  readonly actions: readonly string[]
  readonly changes: readonly { readonly rule: string; readonly from: string; readonly to: string }[]
  /** Blocks until voting opens or ends; seconds until it may be executed. */
  readonly left: { readonly count: number; readonly unit: 'blocks' | 'seconds' } | null
  readonly votes: { readonly for: string; readonly against: string; readonly abstain: string }
  readonly quorum: string
  readonly preview: ProposalPreview | null
  /** Why there is no preview, where rules would change. */
  readonly noPreview: string | null
}

export interface ProposalPreview {
  readonly epochs: { readonly first: number; readonly last: number }
  readonly gains: readonly {
    readonly role: string
    readonly uid: number
    readonly before: string
    readonly after: string
  }[]
  readonly voided: { readonly before: number; readonly after: number }
  readonly unknown: readonly { readonly rule: string; readonly why: string }[]
}

/** What the API answers instead, with a status of 4xx or 5xx. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

/** The stream's event: something has changed since the version before. */
export interface Pulse {
  readonly version: string
  readonly block: number
  /** Set while the chain cannot be read: what is shown is of before. */
  readonly failure: Failure | null
}
