import type { Role } from '../../shared/chain/role.ts'
import type { Phase } from '../devnet/conductor.ts'

/** A moment at which a role has just written something down. */
interface JournalStep {
  readonly role: Role
  /** When it comes. */
  readonly phase: Phase
  /** The role's journal, or the outbox of its key. */
  readonly file: 'journal' | 'outbox'
  /** Counts what grows by it. */
  readonly count: string
}

const deliveries = (kind: string, which: string) =>
  `SELECT count(*) AS n FROM deliveries WHERE kind = '${kind}' AND ${which}`
const signed = 'true'
const inBlock = 'found IS NOT NULL'
const final = "state = 'done'"

/** Everything that miners and validators write into their journals in a window, in the order of its phases. */
export const journalSteps = {
  'window prepared': {
    ...{ role: 'miner', phase: 'generate', file: 'journal' },
    count: 'SELECT count(*) AS n FROM windows',
  },
  'root signed': {
    ...{ role: 'miner', phase: 'generate', file: 'outbox' },
    count: deliveries('commit root', signed),
  },
  'root in a block': {
    ...{ role: 'miner', phase: 'generate', file: 'outbox' },
    count: deliveries('commit root', inBlock),
  },
  'root final': {
    ...{ role: 'miner', phase: 'generate', file: 'outbox' },
    count: deliveries('commit root', final),
  },
  'window committed': {
    ...{ role: 'miner', phase: 'generate', file: 'journal' },
    count: "SELECT count(*) AS n FROM windows WHERE state <> 'prepared'",
  },
  'audit begun': {
    ...{ role: 'validator', phase: 'audit', file: 'journal' },
    count: 'SELECT total(count) AS n FROM attempts',
  },
  'audit recorded': {
    ...{ role: 'validator', phase: 'audit', file: 'journal' },
    count: 'SELECT count(*) AS n FROM audits',
  },
  'scores prepared': {
    ...{ role: 'validator', phase: 'audit', file: 'journal' },
    count: 'SELECT count(*) AS n FROM score_rows',
  },
  'scores signed': {
    ...{ role: 'validator', phase: 'audit', file: 'outbox' },
    count: deliveries('commit scores', signed),
  },
  'scores in a block': {
    ...{ role: 'validator', phase: 'audit', file: 'outbox' },
    count: deliveries('commit scores', inBlock),
  },
  'scores final': {
    ...{ role: 'validator', phase: 'audit', file: 'outbox' },
    count: deliveries('commit scores', final),
  },
  'scores committed': {
    ...{ role: 'validator', phase: 'audit', file: 'journal' },
    count: "SELECT count(*) AS n FROM score_rows WHERE state <> 'prepared'",
  },
  'reveal signed': {
    ...{ role: 'validator', phase: 'reveal', file: 'outbox' },
    count: deliveries('reveal scores', signed),
  },
  'reveal in a block': {
    ...{ role: 'validator', phase: 'reveal', file: 'outbox' },
    count: deliveries('reveal scores', inBlock),
  },
  'reveal final': {
    ...{ role: 'validator', phase: 'reveal', file: 'outbox' },
    count: deliveries('reveal scores', final),
  },
  'scores revealed': {
    ...{ role: 'validator', phase: 'reveal', file: 'journal' },
    count: "SELECT count(*) AS n FROM score_rows WHERE state = 'revealed'",
  },
  'claim signed': {
    ...{ role: 'miner', phase: 'claim', file: 'outbox' },
    count: deliveries('claim rewards', signed),
  },
  'claim in a block': {
    ...{ role: 'miner', phase: 'claim', file: 'outbox' },
    count: deliveries('claim rewards', inBlock),
  },
} as const satisfies Readonly<Record<string, JournalStep>>

export type StepName = keyof typeof journalSteps

export const stepNames = Object.keys(journalSteps) as StepName[]
