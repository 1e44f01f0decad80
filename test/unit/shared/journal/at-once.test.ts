import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { atOnce } from '../../../../shared/journal/at-once.ts'

function open() {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE notes (text TEXT UNIQUE ON CONFLICT ROLLBACK) STRICT')
  const notes = () => database.prepare('SELECT text FROM notes').all()
  const write = (text: string) => database.prepare('INSERT INTO notes VALUES (?)').run(text)
  return { database, notes, write }
}

test('what is broken off leaves nothing behind', () => {
  const { database, notes, write } = open()
  const work = () => {
    write('a')
    throw new Error('broken off')
  }
  expect(() => atOnce(database, work)).toThrow('broken off')
  expect(notes()).toEqual([])
  atOnce(database, () => write('a'))
  expect(notes()).toEqual([{ text: 'a' }])
})

test('what SQLite itself has rolled back is told by its own error', () => {
  const { database, notes, write } = open()
  const work = () => {
    write('a')
    write('a')
  }
  expect(() => atOnce(database, work)).toThrow(/UNIQUE/)
  expect(notes()).toEqual([])
})
