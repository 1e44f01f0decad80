import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { asFullDisk } from '../../../shared/full-disk.ts'
import { atOnce } from '../../../shared/journal/at-once.ts'

it('knows what SQLite throws when it has no room, and the work is undone', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE kept (x); PRAGMA max_page_count = 3')
  const fill = database.prepare('INSERT INTO kept VALUES (zeroblob(4000))')
  const found: unknown[] = []
  try {
    atOnce(database, () => {
      for (let i = 0; i < 10; i++) fill.run()
    })
  } catch (error) {
    found.push(error)
  }
  expect(asFullDisk(found[0])).toMatchObject({ code: 'DISK_FULL', retryable: true, cause: found[0] })
  expect(database.prepare('SELECT count(*) AS rows FROM kept').get()).toEqual({ rows: 0 })
})

it('knows what a file system says', () => {
  const error = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  expect(asFullDisk(error)).toMatchObject({ code: 'DISK_FULL', retryable: true })
})

it.each([null, undefined, 'full', new Error('database or disk is full'), { code: 'EACCES' }])(
  'takes %s for something else',
  (thrown) => {
    expect(asFullDisk(thrown)).toBeNull()
  },
)
