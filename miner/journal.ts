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
]

/** A window's answer, fixed before it is committed: a restart sends the same root or none. */
export interface PreparedWindow {
  readonly window: number
  readonly policy: Hex
  readonly root: Hex
  /** sha256 of the stored bundle. */
  readonly bundle: string
  readonly uri: string
  readonly groups: number
  readonly rollouts: number
}

export interface MinerJournal {
  find(window: number): (PreparedWindow & { state: 'prepared' | 'committed' | 'missed' }) | undefined
  prepare(window: PreparedWindow): void
  settle(window: number, state: 'committed' | 'missed'): void
  close(): void
}

export function openMinerJournal(path: string): MinerJournal {
  const { database, close } = openJournal(path, migrations)
  const find = database.prepare('SELECT * FROM windows WHERE window = ?')
  const insert = database.prepare(
    `INSERT INTO windows (window, policy, root, bundle, uri, groups, rollouts, state)
     VALUES (:window, :policy, :root, :bundle, :uri, :groups, :rollouts, 'prepared')`,
  )
  const update = database.prepare('UPDATE windows SET state = ? WHERE window = ?')
  return {
    find: (window) => find.get(window) as ReturnType<MinerJournal['find']>,
    prepare: (window) => void insert.run({ ...window }),
    settle: (window, state) => void update.run(state, window),
    close,
  }
}
