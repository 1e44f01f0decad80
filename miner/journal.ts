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
]

/** A window's answer, fixed before it is committed: a restart sends the same root or none. */
export interface PreparedWindow {
  readonly window: number
  readonly policy: Hex
  /** What the chain drew the window's seed from: an answer to another seed is worth nothing. */
  readonly opening: string
  readonly root: Hex
  /** sha256 of the stored bundle. */
  readonly bundle: string
  readonly uri: string
  readonly groups: number
  readonly rollouts: number
}

export interface MinerJournal {
  find(window: number): (PreparedWindow & { state: 'prepared' | 'committed' | 'missed' }) | undefined
  /** Once for each opening of a window: takes the place of an answer to one that has vanished. */
  prepare(window: PreparedWindow): void
  /** Windows whose answer is neither on chain for good nor missed. */
  unsettled(): number[]
  settle(window: number, state: 'committed' | 'missed'): void
  close(): void
}

export function openMinerJournal(path: string): MinerJournal {
  const { database, close } = openJournal(path, migrations)
  const find = database.prepare('SELECT * FROM windows WHERE window = ?')
  const insert = database.prepare(
    `INSERT INTO windows (window, policy, opening, root, bundle, uri, groups, rollouts, state)
     VALUES (:window, :policy, :opening, :root, :bundle, :uri, :groups, :rollouts, 'prepared')
     ON CONFLICT (window) DO UPDATE SET policy = :policy, opening = :opening, root = :root,
       bundle = :bundle, uri = :uri, groups = :groups, rollouts = :rollouts
     WHERE state = 'prepared' AND windows.opening <> :opening`,
  )
  const prepared = database.prepare("SELECT window FROM windows WHERE state = 'prepared' ORDER BY window")
  const update = database.prepare('UPDATE windows SET state = ? WHERE window = ?')
  return {
    find: (window) => find.get(window) as ReturnType<MinerJournal['find']>,
    prepare(window) {
      if (insert.run({ ...window }).changes === 1) return
      throw new TypeError(`window ${window.window} is answered already`)
    },
    unsettled: () => prepared.all().map(({ window }) => Number(window)),
    settle: (window, state) => void update.run(state, window),
    close,
  }
}
