import { openJournal } from '../../shared/journal/open-journal.ts'

/**
 * A process that holds a journal until it is killed, in the midst of a transaction:
 * node journal-holder.ts PATH [SQL, left uncommitted]. Says `open` once it holds it.
 */
const [path, sql] = process.argv.slice(2)
const { database } = openJournal(path, [
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT',
])
database.exec("INSERT INTO notes (text) VALUES ('kept')")
if (sql) database.exec(`BEGIN IMMEDIATE; ${sql}`)
process.stdout.write('open\n')
setInterval(() => {}, 60_000)
