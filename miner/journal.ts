import type { Hex } from 'viem'
import { openJournal } from '../shared/journal/open-journal.ts'

const migrations = [
  `CREATE TABLE windows (
     window INTEGER PRIMARY KEY,
     policy TEXT NOT NULL,
     root TEXT NOT NULL,
     bundle TEXT NOT NULL,
     uri TEXT NOT NULL,
     groups INTEGER NOT NULL,
     rollouts INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'missed'))
   ) STRICT`,
  `ALTER TABLE windows ADD COLUMN opening TEXT NOT NULL DEFAULT ''`,
  `ALTER TABLE windows DROP COLUMN bundle;
   ALTER TABLE windows DROP COLUMN uri;
   ALTER TABLE windows DROP COLUMN rollouts`,
]

/** A window's answer, fixed before it is committed: a restart sends the same root or none. */
export interface PreparedWindow {
  readonly window: number
  readonly policy: Hex
  /** What the chain drew the window's seed from: an answer to another seed is worth nothing. */
  readonly opening: string
  /** The stored bundle goes by it. */
  readonly root: Hex
  readonly groups: number
}

export interface MinerJournal {
  find(window: number): (PreparedWindow & { state: 'prepared' | 'committed' | 'missed' }) | undefined
  /** Once for each opening of a window: takes the place of an answer to one that has vanished. */
  prepare(window: PreparedWindow): void
  /** Windows whose answer is neither on chain for good nor missed. */
  unsettled(): number[]
  /** Windows that nothing more is sent for, oldest first. */
  settled(): Pick<PreparedWindow, 'window' | 'root'>[]
  settle(window: number, state: 'committed' | 'missed'): void
  close(): void
}

export function openMinerJournal(path: string): MinerJournal {
  const { database, close } = openJournal(path, migrations)
  const find = database.prepare('SELECT * FROM windows WHERE window = ?')
  const insert = database.prepare(
    `INSERT INTO windows (window, policy, opening, root, groups, state)
     VALUES (:window, :policy, :opening, :root, :groups, 'prepared')
     ON CONFLICT (window) DO UPDATE SET policy = :policy, opening = :opening, root = :root, groups = :groups
     WHERE state = 'prepared' AND windows.opening <> :opening`,
  )
  const prepared = database.prepare("SELECT window FROM windows WHERE state = 'prepared' ORDER BY window")
  const done = database.prepare("SELECT window, root FROM windows WHERE state <> 'prepared' ORDER BY window")
  const update = database.prepare('UPDATE windows SET state = ? WHERE window = ?')
  return {
    find: (window) => find.get(window) as ReturnType<MinerJournal['find']>,
    prepare(window) {
      if (insert.run({ ...window }).changes === 1) return
      throw new TypeError(`window ${window.window} is answered already`)
    },
    unsettled: () => prepared.all().map(({ window }) => Number(window)),
    settled: () => done.all() as ReturnType<MinerJournal['settled']>,
    settle: (window, state) => void update.run(state, window),
    close,
  }
}
