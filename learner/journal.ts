import { type Hex, keccak256, stringToBytes } from 'viem'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import { openJournal } from '../shared/journal/open-journal.ts'
import type { Recipe } from './recipe.ts'
import type { UpdateRecord } from './update-record.ts'

const migrations = [
  `CREATE TABLE windows (
     window INTEGER PRIMARY KEY,
     admit_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE deliveries (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     policy TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('admitted', 'refused', 'unavailable', 'skipped')),
     bundle TEXT,
     reason TEXT,
     waiting INTEGER NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT;
   CREATE TABLE updates (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     inputs TEXT NOT NULL UNIQUE,
     parent TEXT NOT NULL,
     window INTEGER NOT NULL,
     recipe TEXT NOT NULL,
     groups TEXT NOT NULL,
     state TEXT NOT NULL
       CHECK (state IN ('chosen', 'written', 'published', 'rejected', 'discarded', 'kept')),
     checkpoint TEXT,
     train_ms INTEGER NOT NULL,
     why TEXT
   ) STRICT`,
  `CREATE TABLE delivered (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     policy TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('admitted', 'refused', 'unavailable', 'skipped', 'aside')),
     bundle TEXT,
     reason TEXT,
     waiting INTEGER NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT;
   INSERT INTO delivered SELECT * FROM deliveries;
   DROP TABLE deliveries;
   ALTER TABLE delivered RENAME TO deliveries;
   CREATE TABLE admissions (
     window INTEGER NOT NULL,
     miner INTEGER NOT NULL,
     begun INTEGER NOT NULL,
     PRIMARY KEY (window, miner)
   ) STRICT`,
]

export type GroupName = UpdateRecord['groups'][number]

/**
 * What became of one miner's answer to one window. Only what was admitted is ever trained on. `aside`: we failed at
 * it, which says nothing of the miner.
 */
export interface DeliveryEntry {
  readonly window: number
  readonly miner: number
  /** Manifest hash of the checkpoint that it had to come from. */
  readonly policy: Hex
  readonly status: 'admitted' | 'refused' | 'unavailable' | 'skipped' | 'aside'
  /** Hash of the bundle in the learner's own store; null where there are no bytes. */
  readonly bundle: string | null
  readonly reason: string | null
}

/** An update's inputs, fixed before it is taken: a restart takes the same one, or none. */
export interface ChosenUpdate {
  readonly parent: Hex
  /** The newest window that its groups come from. */
  readonly window: number
  readonly recipe: Recipe
  /** In order. */
  readonly groups: readonly GroupName[]
}

/**
 * `written`: its checkpoint lies in the learner's directory. `published`: the chain has it. `rejected`: validators
 * stopped it. `kept`: a node's own, which nobody else is told of.
 */
export type UpdateState = 'chosen' | 'written' | 'published' | 'rejected' | 'discarded' | 'kept'

export interface UpdateEntry extends ChosenUpdate {
  readonly number: number
  readonly state: UpdateState
  /** Manifest hash; null until it is written. */
  readonly checkpoint: Hex | null
  readonly trainMs: number
  readonly why: string | null
}

export interface LearnerJournal {
  /** The newest window that was collected. */
  newestWindow(): number | undefined
  closeWindow(window: number, admitMs: number): void
  /** Time that admission took in windows after `after` up to `upTo`. */
  admitMs(after: number, upTo: number): number
  findDelivery(window: number, miner: number): DeliveryEntry | undefined
  recordDelivery(delivery: DeliveryEntry): void
  /** Durable before it returns. @returns how often it was begun and not ended, this time included */
  beginAdmission(window: number, miner: number): number
  endAdmission(window: number, miner: number): void
  /** Admitted, with groups that no update took yet, oldest first. */
  waiting(): DeliveryEntry[]
  /** Bundles of every window that were admitted. */
  admitted(): Pick<DeliveryEntry, 'window' | 'bundle'>[]
  /** None of its groups will be needed again. */
  spend(window: number, miner: number): void
  countRefused(windows: { readonly from: number; readonly to: number }, miner?: number): number
  /** @throws when an update of the same inputs was ever chosen */
  chooseUpdate(update: ChosenUpdate): UpdateEntry
  advanceUpdate(number: number, change: Pick<UpdateEntry, 'state'> & Partial<UpdateEntry>): void
  newestUpdate(): UpdateEntry | undefined
  /** Newest first. */
  updatesIn(state: UpdateState): UpdateEntry[]
  /** The window of the update before this one that was written; -1 where there is none. */
  windowBefore(number: number): number
  /** Leaves of all groups that any update took. */
  taken(): ReadonlySet<Hex>
  close(): void
}

type Row = Record<string, unknown>

export function openLearnerJournal(path: string): LearnerJournal {
  const { database, close } = openJournal(path, migrations)
  const newestWindow = database.prepare('SELECT MAX(window) AS newest FROM windows')
  const insertWindow = database.prepare('INSERT OR IGNORE INTO windows (window, admit_ms) VALUES (?, ?)')
  const sumAdmit = database.prepare(
    'SELECT COALESCE(SUM(admit_ms), 0) AS total FROM windows WHERE window > ? AND window <= ?',
  )
  const findDelivery = database.prepare('SELECT * FROM deliveries WHERE window = ? AND miner = ?')
  const insertDelivery = database.prepare(
    `INSERT INTO deliveries (window, miner, policy, status, bundle, reason, waiting)
     VALUES (:window, :miner, :policy, :status, :bundle, :reason, :waiting)`,
  )
  const beginAdmission = database.prepare(
    `INSERT INTO admissions VALUES (?, ?, 1)
     ON CONFLICT (window, miner) DO UPDATE SET begun = begun + 1 RETURNING begun`,
  )
  const endAdmission = database.prepare('DELETE FROM admissions WHERE window = ? AND miner = ?')
  const findWaiting = database.prepare('SELECT * FROM deliveries WHERE waiting = 1 ORDER BY window, miner')
  const findAdmitted = database.prepare("SELECT window, bundle FROM deliveries WHERE status = 'admitted'")
  const updateWaiting = database.prepare('UPDATE deliveries SET waiting = 0 WHERE window = ? AND miner = ?')
  const countRefused = database.prepare(
    `SELECT COUNT(*) AS count FROM deliveries
     WHERE status = 'refused' AND window >= :from AND window <= :to AND (:miner IS NULL OR miner = :miner)`,
  )
  const insertUpdate = database.prepare(
    `INSERT INTO updates (inputs, parent, window, recipe, groups, state, train_ms)
     VALUES (:inputs, :parent, :window, :recipe, :groups, 'chosen', 0)`,
  )
  const findUpdate = database.prepare('SELECT * FROM updates WHERE number = ?')
  const newestUpdate = database.prepare('SELECT * FROM updates ORDER BY number DESC LIMIT 1')
  const updatesIn = database.prepare('SELECT * FROM updates WHERE state = ? ORDER BY number DESC')
  const windowBefore = database.prepare(
    'SELECT COALESCE(MAX(window), -1) AS newest FROM updates WHERE number < ? AND checkpoint IS NOT NULL',
  )
  const allGroups = database.prepare('SELECT groups FROM updates')
  const advance = database.prepare(
    `UPDATE updates SET state = :state, checkpoint = :checkpoint, train_ms = :trainMs, why = :why
     WHERE number = :number`,
  )
  const entryOf = (row: unknown) => toUpdate(row as Row)
  // Asked for at every look at the chain, while it grows with every update there ever was: read once.
  const taken = new Set(
    (allGroups.all() as { groups: string }[]).flatMap(({ groups }) =>
      (JSON.parse(groups) as GroupName[]).map(({ leaf }) => leaf),
    ),
  )
  return {
    newestWindow: () => ((newestWindow.get() as Row).newest as number | null) ?? undefined,
    closeWindow: (window, admitMs) => void insertWindow.run(window, Math.round(admitMs)),
    admitMs: (after, upTo) => Number((sumAdmit.get(after, upTo) as Row).total),
    findDelivery: (window, miner) => {
      const row = findDelivery.get(window, miner) as Row | undefined
      return row && toDelivery(row)
    },
    recordDelivery: (delivery) =>
      void insertDelivery.run({ ...delivery, waiting: delivery.status === 'admitted' ? 1 : 0 }),
    beginAdmission: (window, miner) => Number((beginAdmission.get(window, miner) as Row).begun),
    endAdmission: (window, miner) => void endAdmission.run(window, miner),
    waiting: () => (findWaiting.all() as Row[]).map(toDelivery),
    admitted: () => findAdmitted.all() as ReturnType<LearnerJournal['admitted']>,
    spend: (window, miner) => void updateWaiting.run(window, miner),
    countRefused: ({ from, to }, miner) =>
      Number((countRefused.get({ from, to, miner: miner ?? null }) as Row).count),
    chooseUpdate({ parent, window, recipe, groups }) {
      const named = { parent, recipe: canonicalJson(recipe), groups: canonicalJson(groups) }
      const inputs = keccak256(stringToBytes(canonicalJson(named)))
      const { lastInsertRowid } = insertUpdate.run({ ...named, inputs, window })
      for (const { leaf } of groups) taken.add(leaf)
      return entryOf(findUpdate.get(lastInsertRowid))
    },
    advanceUpdate(number, change) {
      const { state, checkpoint, trainMs, why } = { ...entryOf(findUpdate.get(number)), ...change }
      advance.run({ number, state, checkpoint, trainMs: Math.round(trainMs), why })
    },
    newestUpdate: () => {
      const row = newestUpdate.get()
      return row && entryOf(row)
    },
    updatesIn: (state) => updatesIn.all(state).map(entryOf),
    windowBefore: (number) => Number((windowBefore.get(number) as Row).newest),
    taken: () => taken,
    close,
  }
}

function toDelivery(row: Row): DeliveryEntry {
  const { window, miner, policy, status, bundle, reason } = row as unknown as DeliveryEntry
  return { window, miner, policy, status, bundle, reason }
}

function toUpdate(row: Row): UpdateEntry {
  return {
    number: Number(row.number),
    parent: row.parent as Hex,
    window: Number(row.window),
    recipe: JSON.parse(String(row.recipe)),
    groups: JSON.parse(String(row.groups)),
    state: row.state as UpdateState,
    checkpoint: row.checkpoint as Hex | null,
    trainMs: Number(row.train_ms),
    why: row.why as string | null,
  }
}
