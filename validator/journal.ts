import type { Hex } from 'viem'
import { atOnce } from '../shared/journal/at-once.ts'
import { openJournal } from '../shared/journal/open-journal.ts'
import type { EvidencePoint } from '../shared/protocol/evidence.ts'
import { newcomer, type Standing } from '../shared/protocol/sequential.ts'
import type { ReplayOutcome } from '../shared/replay-finding.ts'
import type { AuditReport } from './audit-bundle.ts'

const migrations = [
  `CREATE TABLE audits (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('judged', 'unavailable', 'abstained')),
     score TEXT NOT NULL,
     summary TEXT NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT;
   CREATE TABLE attempts (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT;
   CREATE TABLE verdicts (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     group_index INTEGER NOT NULL,
     rollout INTEGER NOT NULL,
     accepted INTEGER NOT NULL,
     detail TEXT NOT NULL,
     PRIMARY KEY (window, miner, group_index, rollout)
   ) STRICT;
   CREATE TABLE evidence (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     points TEXT NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT;
   CREATE TABLE standings (
     miner INTEGER PRIMARY KEY,
     standing TEXT NOT NULL
   ) STRICT;
   CREATE TABLE score_rows (
     epoch INTEGER PRIMARY KEY,
     weights TEXT NOT NULL,
     salt TEXT NOT NULL,
     evidence_root TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'revealed'))
   ) STRICT;
   CREATE TABLE abstentions (
     epoch INTEGER PRIMARY KEY,
     why TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE replays (
     policy TEXT PRIMARY KEY,
     attempts INTEGER NOT NULL,
     outcome TEXT CHECK (outcome IN ('agrees', 'disagrees', 'withheld', 'abstained')),
     own_hash TEXT,
     findings TEXT NOT NULL,
     objected INTEGER NOT NULL
   ) STRICT`,
]

/**
 * One miner's window: judged; its bundle beyond reach; or abstained from, since we failed. Only a judgement
 * touches the miner's standing.
 */
export interface AuditRecord {
  readonly window: number
  readonly miner: number
  readonly status: 'judged' | 'unavailable' | 'abstained'
  readonly score: bigint
  readonly summary: Readonly<Record<string, unknown>>
}

/** A row of scores, fixed with its salt before its hash is sent: a restart commits and reveals the same. */
export interface ScoreRow {
  readonly epoch: number
  readonly weights: readonly number[]
  readonly salt: Hex
  readonly evidenceRoot: Hex
  readonly state: 'prepared' | 'committed' | 'revealed'
}

/** What came of taking an update again; an outcome of null where a replay was begun and nothing came of it yet. */
export interface ReplayEntry {
  readonly outcome: ReplayOutcome | 'abstained' | null
  readonly findings: readonly string[]
  readonly ownHash: Hex | null
  /** Whether the chain has our objection. */
  readonly objected: boolean
}

export interface ValidatorJournal {
  findAudit(window: number, miner: number): AuditRecord | undefined
  /** Counts the tries, kept through a crash: a bundle that brings us down must not do so for ever. */
  beginAudit(window: number, miner: number): number
  /** One transaction: the audit, its verdicts, its evidence and the miner's new standing, or nothing. */
  recordAudit(audit: AuditRecord, report: AuditReport | null, standing: Standing | null): void
  standing(miner: number): Standing
  evidence(windows: readonly number[]): EvidencePoint[]
  findRow(epoch: number): ScoreRow | undefined
  prepareRow(row: Omit<ScoreRow, 'state'>): void
  advanceRow(epoch: number, state: 'committed' | 'revealed'): void
  abstain(epoch: number, why: string): void
  findAbstention(epoch: number): string | undefined
  findReplay(policy: Hex): ReplayEntry | undefined
  /** Counts the tries, as `beginAudit` does. */
  beginReplay(policy: Hex): number
  /** A try that failed for what may pass is none. */
  excuseReplay(policy: Hex): void
  recordReplay(policy: Hex, replay: Omit<ReplayEntry, 'objected'>): void
  noteObjection(policy: Hex): void
  close(): void
}

type Row = Record<string, string | number>

export function openValidatorJournal(path: string): ValidatorJournal {
  const { database, close } = openJournal(path, migrations)
  const findAudit = database.prepare('SELECT * FROM audits WHERE window = ? AND miner = ?')
  const insertAudit = database.prepare('INSERT INTO audits VALUES (?, ?, ?, ?, ?)')
  const countAttempt = database.prepare(
    `INSERT INTO attempts VALUES (?, ?, 1)
     ON CONFLICT (window, miner) DO UPDATE SET count = count + 1 RETURNING count`,
  )
  const insertVerdict = database.prepare('INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?)')
  const insertEvidence = database.prepare('INSERT INTO evidence VALUES (?, ?, ?)')
  const findEvidence = database.prepare('SELECT points FROM evidence WHERE window = ? ORDER BY miner')
  const findStanding = database.prepare('SELECT standing FROM standings WHERE miner = ?')
  const putStanding = database.prepare('INSERT OR REPLACE INTO standings VALUES (?, ?)')
  const findRow = database.prepare('SELECT * FROM score_rows WHERE epoch = ?')
  const insertRow = database.prepare("INSERT INTO score_rows VALUES (?, ?, ?, ?, 'prepared')")
  const updateRow = database.prepare('UPDATE score_rows SET state = ? WHERE epoch = ?')
  const insertAbstention = database.prepare('INSERT OR IGNORE INTO abstentions VALUES (?, ?)')
  const findReplay = database.prepare('SELECT * FROM replays WHERE policy = ?')
  const countReplay = database.prepare(
    `INSERT INTO replays VALUES (?, 1, NULL, NULL, '[]', 0)
     ON CONFLICT (policy) DO UPDATE SET attempts = attempts + 1 RETURNING attempts`,
  )
  const updateReplay = database.prepare(
    'UPDATE replays SET outcome = ?, own_hash = ?, findings = ? WHERE policy = ?',
  )
  const uncountReplay = database.prepare('UPDATE replays SET attempts = attempts - 1 WHERE policy = ?')
  const updateObjected = database.prepare('UPDATE replays SET objected = 1 WHERE policy = ?')
  const findAbstention = database.prepare('SELECT why FROM abstentions WHERE epoch = ?')

  return {
    findAudit(window, miner) {
      const row = findAudit.get(window, miner) as Row | undefined
      if (!row) return undefined
      const status = row.status as AuditRecord['status']
      return { window, miner, status, score: BigInt(row.score), summary: JSON.parse(String(row.summary)) }
    },
    beginAudit: (window, miner) => Number((countAttempt.get(window, miner) as Row).count),
    recordAudit({ window, miner, status, score, summary }, report, standing) {
      atOnce(database, () => {
        insertAudit.run(window, miner, status, String(score), JSON.stringify(summary))
        for (const { group, rollout, rejection, ...rest } of report?.verdicts ?? []) {
          const detail = JSON.stringify({ rejection, ...rest })
          insertVerdict.run(window, miner, group, rollout, rejection ? 0 : 1, detail)
        }
        if (report) insertEvidence.run(window, miner, JSON.stringify(report.evidence))
        if (standing) putStanding.run(miner, JSON.stringify(standing))
      })
    },
    standing(miner) {
      const row = findStanding.get(miner) as Row | undefined
      return row ? JSON.parse(String(row.standing)) : newcomer
    },
    evidence: (windows) =>
      windows.flatMap((window) =>
        (findEvidence.all(window) as Row[]).flatMap(({ points }) => JSON.parse(String(points))),
      ),
    findRow(epoch) {
      const row = findRow.get(epoch) as Row | undefined
      if (!row) return undefined
      return {
        epoch,
        weights: JSON.parse(String(row.weights)),
        salt: row.salt as Hex,
        evidenceRoot: row.evidence_root as Hex,
        state: row.state as ScoreRow['state'],
      }
    },
    prepareRow: ({ epoch, weights, salt, evidenceRoot }) =>
      void insertRow.run(epoch, JSON.stringify(weights), salt, evidenceRoot),
    advanceRow: (epoch, state) => void updateRow.run(state, epoch),
    abstain: (epoch, why) => void insertAbstention.run(epoch, why),
    findAbstention: (epoch) => (findAbstention.get(epoch) as Row | undefined)?.why as string | undefined,
    findReplay(policy) {
      const row = findReplay.get(policy) as Row | undefined
      if (!row) return undefined
      return {
        outcome: row.outcome as ReplayEntry['outcome'],
        findings: JSON.parse(String(row.findings)),
        ownHash: row.own_hash as unknown as Hex | null,
        objected: row.objected === 1,
      }
    },
    beginReplay: (policy) => Number((countReplay.get(policy) as Row).attempts),
    excuseReplay: (policy) => void uncountReplay.run(policy),
    recordReplay: (policy, { outcome, ownHash, findings }) =>
      void updateReplay.run(outcome, ownHash, JSON.stringify(findings), policy),
    noteObjection: (policy) => void updateObjected.run(policy),
    close,
  }
}
