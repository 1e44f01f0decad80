import type { Address, Hex } from 'viem'
import { atOnce } from '../../journal/at-once.ts'
import { openJournal } from '../../journal/open-journal.ts'
import { type Attempt, type Delivery, type DeliveryState, type Found, openStates } from './delivery.ts'

const migrations = [
  `CREATE TABLE deliveries (
     id INTEGER PRIMARY KEY,
     contract TEXT NOT NULL,
     kind TEXT NOT NULL,
     of TEXT NOT NULL,
     data TEXT NOT NULL,
     gas TEXT NOT NULL,
     deadline INTEGER,
     nonce INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN
       ('pending', 'included', 'cancelling', 'done', 'reverted', 'expired', 'lost', 'refused')),
     found TEXT
   ) STRICT;
   CREATE INDEX deliveries_of ON deliveries (contract, kind, of);
   CREATE UNIQUE INDEX one_pending ON deliveries (contract, kind, of) WHERE state = 'pending';
   CREATE INDEX open_deliveries ON deliveries (nonce) WHERE state IN ('pending', 'included', 'cancelling');
   CREATE TABLE attempts (
     hash TEXT PRIMARY KEY,
     delivery INTEGER NOT NULL REFERENCES deliveries (id),
     raw TEXT NOT NULL,
     max_fee TEXT NOT NULL,
     tip TEXT NOT NULL,
     sent_at INTEGER NOT NULL,
     cancels INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX attempts_of ON attempts (delivery)`,
  // Those whose bytes were held for an earlier delivery's, so that nothing could be offered.
  `UPDATE deliveries SET state = 'refused'
   WHERE state IN ('pending', 'included', 'cancelling') AND id NOT IN (SELECT delivery FROM attempts)`,
]

type Subject = Pick<Delivery, 'contract' | 'kind' | 'of'>
type NewDelivery = Subject & Pick<Delivery, 'data' | 'gas' | 'deadline' | 'nonce'>

/** What a key has sent and is about to: written before it leaves. */
export interface OutboxJournal {
  /** The newest of this subject. */
  find(subject: Subject): Delivery | undefined
  get(id: number): Delivery
  /** Those that are not final, in order of their nonces. */
  open(): Delivery[]
  /** One transaction. @returns its id */
  add(delivery: NewDelivery, attempt: Attempt): number
  /** Another form of it. @param data what it carries now, where that changed */
  addAttempt(id: number, attempt: Attempt, change: { data?: Hex; gas?: bigint; state?: DeliveryState }): void
  note(id: number, state: DeliveryState, found: Found | null): void
  close(): void
}

type Row = Record<string, string | number | null>

/** @throws SubnetError as `openJournal`: one process sends under a key, since two would fight over nonces */
export function openOutboxJournal(path: string): OutboxJournal {
  const { database, close } = openJournal(path, migrations)
  const open = openStates.map((state) => `'${state}'`).join(', ')
  const newest = database.prepare(
    'SELECT * FROM deliveries WHERE contract = ? AND kind = ? AND of = ? ORDER BY id DESC LIMIT 1',
  )
  const byId = database.prepare('SELECT * FROM deliveries WHERE id = ?')
  const all = database.prepare(`SELECT * FROM deliveries WHERE state IN (${open}) ORDER BY nonce`)
  const attemptsOf = database.prepare('SELECT * FROM attempts WHERE delivery = ? ORDER BY rowid')
  const insert = database.prepare(
    `INSERT INTO deliveries (contract, kind, of, data, gas, deadline, nonce, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')`,
  )
  // What was refused or lost may be sent again in the very same bytes: they are the newer delivery's then.
  const insertAttempt = database.prepare('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)')
  const change = database.prepare('UPDATE deliveries SET data = ?, gas = ?, state = ? WHERE id = ?')
  const setState = database.prepare('UPDATE deliveries SET state = ?, found = ? WHERE id = ?')
  const dropData = database.prepare("UPDATE deliveries SET data = '0x' WHERE id = ?")
  const dropRaw = database.prepare("UPDATE attempts SET raw = '0x' WHERE delivery = ?")

  const write = (id: number | bigint, { hash, raw, maxFee, tip, sentAt, cancels }: Attempt) =>
    insertAttempt.run(hash, id, raw, String(maxFee), String(tip), sentAt, cancels ? 1 : 0)
  const read = (row: Row): Delivery => ({
    id: Number(row.id),
    contract: row.contract as Address,
    kind: String(row.kind),
    of: String(row.of),
    data: row.data as Hex,
    gas: BigInt(row.gas as string),
    deadline: row.deadline === null ? null : BigInt(row.deadline),
    nonce: Number(row.nonce),
    state: row.state as DeliveryState,
    found: row.found === null ? null : readFound(String(row.found)),
    attempts: (attemptsOf.all(row.id) as Row[]).map(readAttempt),
  })
  const get = (id: number) => read(byId.get(id) as Row)

  return {
    find({ contract, kind, of }) {
      const row = newest.get(contract, kind, of) as Row | undefined
      return row && read(row)
    },
    get,
    open: () => (all.all() as Row[]).map(read),
    add({ contract, kind, of, data, gas, deadline, nonce }, attempt) {
      let id = 0
      atOnce(database, () => {
        id = Number(insert.run(contract, kind, of, data, String(gas), deadline, nonce).lastInsertRowid)
        write(id, attempt)
      })
      return id
    },
    addAttempt(id, attempt, changed) {
      const known = get(id)
      atOnce(database, () => {
        change.run(
          changed.data ?? known.data,
          String(changed.gas ?? known.gas),
          changed.state ?? known.state,
          id,
        )
        write(id, attempt)
      })
    },
    note: (id, state, found) =>
      atOnce(database, () => {
        const where = found && JSON.stringify({ ...found, block: String(found.block) })
        setState.run(state, where, id)
        if (openStates.includes(state)) return
        // Nobody will offer it again; a settlement's bytes are not worth keeping twice.
        dropData.run(id)
        dropRaw.run(id)
      }),
    close,
  }
}

function readFound(text: string): Found {
  const found = JSON.parse(text) as Omit<Found, 'block'> & { block: string }
  return { ...found, block: BigInt(found.block) }
}

function readAttempt(row: Row): Attempt {
  return {
    hash: row.hash as Hex,
    raw: row.raw as Hex,
    maxFee: BigInt(row.max_fee as string),
    tip: BigInt(row.tip as string),
    sentAt: BigInt(row.sent_at as number),
    cancels: row.cancels === 1,
  }
}
