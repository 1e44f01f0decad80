import { DatabaseSync } from 'node:sqlite'
import type { Rejection } from '../../shared/protocol/verdict.ts'
import type { JournalVerdict } from '../views.ts'
import type { JournalFile } from './journals.ts'

/** A verdict, as a journal keeps it. */
export interface FoundVerdict {
  readonly validator: number
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  readonly rejection: Rejection | null
  readonly tokens: number
}

/** A miner's window that was judged. */
export interface FoundAudit {
  readonly validator: number
  readonly window: number
  readonly miner: number
  /** tokens in ppm² */
  readonly score: bigint
  readonly bundleRejection: Rejection | null
}

export interface Found {
  readonly verdicts: readonly FoundVerdict[]
  readonly audits: readonly FoundAudit[]
}

export interface JournalTail {
  /** What was written since the last look. */
  next(): Found
  /** Of one rollout; one at most. */
  verdicts(rollout: {
    readonly window: number
    readonly miner: number
    readonly group: number
    readonly rollout: number
  }): JournalVerdict[]
  abstention(): { epoch: number; why: string } | null
  close(): void
}

type Row = Record<string, string | number>

/** Rows of one look: a journal of years is read in steps, and no step takes long. */
const most = 20_000

/** Reads a journal that its validator may be writing: rows are only ever added, so the row id says where we were. */
export function tailJournal({ validator, path }: JournalFile, fromWindow: () => number): JournalTail {
  const database = new DatabaseSync(path, { readOnly: true })
  database.exec('PRAGMA busy_timeout = 500')
  const newVerdicts = database.prepare(
    `SELECT rowid AS id, * FROM verdicts WHERE rowid > ? AND window >= ? ORDER BY rowid LIMIT ${most}`,
  )
  const newAudits = database.prepare(
    `SELECT rowid AS id, * FROM audits
     WHERE rowid > ? AND window >= ? AND status = 'judged' ORDER BY rowid LIMIT ${most}`,
  )
  const oneVerdict = database.prepare(
    'SELECT * FROM verdicts WHERE window = ? AND miner = ? AND group_index = ? AND rollout = ?',
  )
  const newestAbstention = database.prepare('SELECT epoch, why FROM abstentions ORDER BY epoch DESC LIMIT 1')
  let lastVerdict = 0
  let lastAudit = 0
  return {
    next() {
      const verdicts = newVerdicts.all(lastVerdict, fromWindow()) as Row[]
      const audits = newAudits.all(lastAudit, fromWindow()) as Row[]
      lastVerdict = Number(verdicts.at(-1)?.id ?? lastVerdict)
      lastAudit = Number(audits.at(-1)?.id ?? lastAudit)
      return {
        verdicts: verdicts.map((row) => toVerdict(validator, row)),
        audits: audits.map((row) => toAudit(validator, row)),
      }
    },
    verdicts: ({ window, miner, group, rollout }) =>
      (oneVerdict.all(window, miner, group, rollout) as Row[]).map((row) => {
        const { rejection } = toVerdict(validator, row)
        const { check = null, reason = null, numbers = {} } = rejection ?? {}
        return { validator, accepted: rejection === null, check, reason, numbers }
      }),
    abstention() {
      const row = newestAbstention.get() as Row | undefined
      return row ? { epoch: Number(row.epoch), why: String(row.why) } : null
    },
    close: () => database.close(),
  }
}

function toVerdict(validator: number, row: Row): FoundVerdict {
  const { rejection, tokens } = JSON.parse(String(row.detail)) as {
    rejection: Rejection | null
    tokens: number
  }
  return {
    ...{ validator, window: Number(row.window), miner: Number(row.miner) },
    ...{ group: Number(row.group_index), rollout: Number(row.rollout), rejection, tokens },
  }
}

function toAudit(validator: number, row: Row): FoundAudit {
  const { bundleRejection } = JSON.parse(String(row.summary)) as { bundleRejection?: Rejection | null }
  return {
    ...{ validator, window: Number(row.window), miner: Number(row.miner) },
    ...{ score: BigInt(row.score), bundleRejection: bundleRejection ?? null },
  }
}
