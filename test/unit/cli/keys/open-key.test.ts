import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { writeKeyFile } from '../../../../cli/key-file.ts'
import { createKeystore } from '../../../../cli/keys/create-keystore.ts'
import { listKeys } from '../../../../cli/keys/list-keys.ts'
import { extractKey, openKey } from '../../../../cli/keys/open-key.ts'
import { cheapKeystore } from '../../../helpers/cheap-keystore.ts'

const devnet = { chainId: 31_337 }
const mainnet = { chainId: 1 }
const failsWith = (code: string) => expect.objectContaining({ code })

const key = `0x${'22'.repeat(32)}` as const
const { address } = privateKeyToAccount(key)

let dir: string
let file: string
let passwordFile: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  file = join(dir, 'key')
  passwordFile = write('password', 'correct horse\n')
})

function write(name: string, content: string, mode = 0o600): string {
  writeFileSync(join(dir, name), content, { mode })
  return join(dir, name)
}

describe('a key under a password', () => {
  it('is written for its owner alone, opened with the password of a file on every chain, and never overwritten', {
    timeout: 300_000,
  }, async () => {
    await createKeystore(file, passwordFile, key)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const crlf = write('crlf', 'correct horse\r\n')
    expect((await openKey({ file, passwordFile: crlf }, mainnet)).address).toBe(address)
    const before = readFileSync(file, 'utf8')
    await expect(createKeystore(file, passwordFile)).rejects.toThrow(failsWith('KEY_NOT_WRITTEN'))
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it.each([
    ['KEY_UNREADABLE', 'is not there', () => join(dir, 'nowhere')],
    ['KEY_EXPOSED', 'can be read by others', () => write('open', 'correct horse', 0o644)],
    ['PASSWORD_MISSING', 'is empty', () => write('empty', '\n')],
    ['PASSWORD_WRONG', 'holds another', () => write('other', 'correct horsf')],
    ['PASSWORD_MISSING', 'is not named, without a terminal', () => undefined],
  ])('gives %s when the password file %s', async (code, _, choose) => {
    write('key', cheapKeystore(key, 'correct horse'))
    const before = readFileSync(file, 'utf8')
    await expect(openKey({ file, passwordFile: choose() }, mainnet)).rejects.toThrow(failsWith(code))
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('is not made under a short password, nor when others can read it', async () => {
    await expect(createKeystore(file, write('short', '1234567'))).rejects.toThrow(failsWith('PASSWORD_WEAK'))
    write('key', cheapKeystore(key, 'correct horse'))
    chmodSync(file, 0o640)
    await expect(openKey({ file, passwordFile }, mainnet)).rejects.toThrow(failsWith('KEY_EXPOSED'))
  })
})

describe('a key in plain text', () => {
  it('is taken on a devnet only', async () => {
    const { address } = writeKeyFile(file)
    expect((await openKey({ file, passwordFile: undefined }, devnet)).address).toBe(address)
    const message = expect.stringContaining(`rollproof keys import NEW-FILE --from ${file}`)
    await expect(openKey({ file, passwordFile }, mainnet)).rejects.toThrow(
      expect.objectContaining({ code: 'KEY_PLAIN', message }),
    )
  })

  it('can be read to be put under a password, as can the keystore of any wallet', async () => {
    writeKeyFile(file, key)
    expect(await extractKey({ file, passwordFile: undefined })).toBe(key)
    const foreign = write('foreign', cheapKeystore(key, 'correct horse'))
    expect(await extractKey({ file: foreign, passwordFile })).toBe(key)
  })
})

it('a folder of keys is listed without a password, with what to mend', async () => {
  write('a', JSON.stringify({ ...JSON.parse(cheapKeystore(key, 'x')), address: address.slice(2) }))
  const plain = writeKeyFile(join(dir, 'b'))
  chmodSync(write('c', '{}'), 0o644)
  expect(listKeys(dir)).toEqual([
    { file: join(dir, 'a'), address, kind: 'keystore', problem: null },
    {
      file: join(dir, 'b'),
      address: plain.address,
      kind: 'plain text',
      problem: expect.stringContaining('keys import'),
    },
    {
      file: join(dir, 'c'),
      address: null,
      kind: 'unusable',
      problem: expect.stringContaining('KEY_EXPOSED'),
    },
    {
      file: passwordFile,
      address: null,
      kind: 'unusable',
      problem: expect.stringContaining('KEY_MALFORMED'),
    },
  ])
})
