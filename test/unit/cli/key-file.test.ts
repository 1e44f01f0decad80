import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { readKeyFile, writeKeyFile } from '../../../cli/key-file.ts'

let file: string

beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  file = join(dir, 'key')
})

describe('a key file', () => {
  it('is read as it was written, and by its owner alone', () => {
    const { address } = writeKeyFile(file)
    expect(readKeyFile(file).address).toBe(address)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is never overwritten', () => {
    writeKeyFile(file)
    const before = readFileSync(file, 'utf8')
    expect(() => writeKeyFile(file)).toThrow(expect.objectContaining({ code: 'KEY_NOT_WRITTEN' }))
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it.each([0o640, 0o604, 0o660])('is refused with mode %o, which lets others in', (mode) => {
    writeKeyFile(file)
    chmodSync(file, mode)
    const message = expect.stringContaining(`chmod 600 ${file}`)
    expect(() => readKeyFile(file)).toThrow(expect.objectContaining({ code: 'KEY_EXPOSED', message }))
  })

  it.each([
    '',
    'ab'.repeat(32),
    `0x${'ab'.repeat(31)}`,
    `0x${'zz'.repeat(32)}`,
    `0x${'ff'.repeat(32)}`,
    `0x${'ab'.repeat(32)} more`,
  ])('is refused when it holds %j, without showing it', (content) => {
    writeFileSync(file, content, { mode: 0o600 })
    const message = expect.not.stringMatching(/(ab|zz|ff){4}/)
    expect(() => readKeyFile(file)).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED', message }))
  })

  it('is named when it is not there', () => {
    const message = expect.stringContaining(file)
    expect(() => readKeyFile(file)).toThrow(expect.objectContaining({ code: 'KEY_UNREADABLE', message }))
  })
})
