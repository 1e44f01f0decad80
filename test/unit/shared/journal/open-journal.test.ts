import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../../../shared/journal/open-journal.ts'

const migrations = ['CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT']
let dir: string
let path: string
let child: ChildProcess | undefined

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(dir, 'deep', 'role.sqlite')
})
afterEach(async () => {
  await kill()
  rmSync(dir, { recursive: true })
})

async function startHolder(sql = ''): Promise<void> {
  const program = fileURLToPath(new URL('../../../helpers/journal-holder.ts', import.meta.url))
  child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, path, sql], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
}

async function kill(): Promise<void> {
  if (!child) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  child = undefined
}

const texts = (database: DatabaseSync) =>
  database
    .prepare('SELECT text FROM notes ORDER BY id')
    .all()
    .map(({ text }) => text)

describe('openJournal', () => {
  it('finds on reopening what was written', () => {
    const first = openJournal(path, migrations)
    first.database.exec("INSERT INTO notes (text) VALUES ('a'), ('b')")
    first.close()
    const second = openJournal(path, migrations)
    expect(texts(second.database)).toEqual(['a', 'b'])
    second.close()
  })

  it('keeps what a killed process had committed, and nothing of what it had not', async () => {
    await startHolder("INSERT INTO notes (text) VALUES ('half')")
    await kill()
    const { database, close } = openJournal(path, migrations)
    expect(texts(database)).toEqual(['kept'])
    close()
  })

  it('lets one process in at a time, and the next one after a kill', async () => {
    await startHolder()
    expect(() => openJournal(path, migrations)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_IN_USE', retryable: false, details: { path } }),
    )
    await kill()
    openJournal(path, migrations).close()
  })

  it('lets one opener in at a time within a process too', () => {
    const { close } = openJournal(path, migrations)
    expect(() => openJournal(path, migrations)).toThrow(expect.objectContaining({ code: 'JOURNAL_IN_USE' }))
    close()
    openJournal(path, migrations).close()
  })

  it('lets readers look on while a role works', async () => {
    await startHolder()
    const reader = new DatabaseSync(path, { readOnly: true })
    expect(texts(reader)).toEqual(['kept'])
    reader.close()
  })

  it('applies the migrations that are missing, each once', () => {
    openJournal(path, migrations).close()
    const later = [...migrations, 'ALTER TABLE notes ADD COLUMN extra TEXT']
    openJournal(path, later).close()
    const { database, close } = openJournal(path, later)
    database.exec("INSERT INTO notes (text, extra) VALUES ('a', 'b')")
    close()
  })

  it('leaves a journal as it was when a migration fails', () => {
    openJournal(path, migrations).close()
    const broken = [...migrations, 'CREATE TABLE more (id INTEGER); CREATE TABLE notes (id INTEGER)']
    expect(() => openJournal(path, broken)).toThrow(expect.objectContaining({ code: 'JOURNAL_UNUSABLE' }))
    openJournal(path, [...migrations, 'CREATE TABLE more (id INTEGER)']).close()
  })

  it('refuses a journal that a newer version of the program wrote', () => {
    openJournal(path, [...migrations, 'CREATE TABLE more (id INTEGER)']).close()
    expect(() => openJournal(path, migrations)).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_UNUSABLE',
        message: expect.stringContaining('newer version'),
      }),
    )
  })

  it('refuses a file that is not a database, and one damaged within', () => {
    openJournal(path, migrations).close()
    const { database, close } = openJournal(path, migrations)
    for (let i = 0; i < 400; i++) database.prepare('INSERT INTO notes (text) VALUES (?)').run('x'.repeat(100))
    close()
    const { size } = statSync(path)
    expect(size).toBeGreaterThan(3 * 4096)
    const file = openSync(path, 'r+')
    writeSync(file, new Uint8Array(4096).fill(0xaa), 0, 4096, size - 4096)
    closeSync(file)
    expect(() => openJournal(path, migrations)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_UNUSABLE', message: expect.stringContaining('damaged') }),
    )
    writeFileSync(path, 'no database, however long it is'.repeat(300))
    expect(() => openJournal(path, migrations)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_UNUSABLE', message: expect.stringContaining(path) }),
    )
  })

  it('says that it cannot be used where its folder cannot be made', () => {
    writeFileSync(join(dir, 'deep'), 'a file')
    expect(() => openJournal(path, migrations)).toThrow(expect.objectContaining({ code: 'JOURNAL_UNUSABLE' }))
  })
})
