import { describe, expect, it } from 'vitest'
import { addressOf, parseKeystore, sealKey, unsealKey } from '../../../../cli/keys/keystore.ts'
import { cheapKeystore } from '../../../helpers/cheap-keystore.ts'

const password = 'correct horse'
const key = `0x${'11'.repeat(32)}` as const
const sealed = sealKey(key, password)
const parsed = JSON.parse(sealed)

/** The definition's own examples: https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage */
const definition = {
  key: '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d',
  password: 'testpassword',
  pbkdf2: {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262_144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
  scrypt: {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
      ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
      kdf: 'scrypt',
      kdfparams: {
        dklen: 32,
        n: 262_144,
        p: 8,
        r: 1,
        salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
      },
      mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3,
  },
}

describe('a keystore', { timeout: 300_000 }, () => {
  it('gives back the key that was put under the password', () => {
    expect(sealed).not.toContain('1111111111')
    expect(unsealKey(parseKeystore(sealed, 'k'), password, 'k')).toBe(key)
  })

  it('says whose it is without its password', () => {
    expect(addressOf(parseKeystore(sealed, 'k'))).toBe('0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A')
    expect(addressOf(parseKeystore(JSON.stringify(definition.pbkdf2), 'k'))).toBeNull()
  })

  it.each(['pbkdf2', 'scrypt'] as const)('opens the example of the definition for %s', (kdf) => {
    const keystore = parseKeystore(JSON.stringify(definition[kdf]), 'k')
    expect(unsealKey(keystore, definition.password, 'k')).toBe(definition.key)
  })

  it('is not opened by a wrong password, nor when a byte of it was changed', () => {
    const cheap = cheapKeystore(key, password)
    const { crypto, ...rest } = JSON.parse(cheap)
    const ciphertext = crypto.ciphertext.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
    const changed = JSON.stringify({ ...rest, crypto: { ...crypto, ciphertext } })
    const wrong = expect.objectContaining({ code: 'PASSWORD_WRONG' })
    expect(() => unsealKey(parseKeystore(cheap, 'k'), 'correct horsf', 'k')).toThrow(wrong)
    expect(() => unsealKey(parseKeystore(changed, 'k'), password, 'k')).toThrow(wrong)
  })

  it('is refused when it says another address than it holds', () => {
    const cheap = JSON.parse(cheapKeystore(key, password))
    const keystore = parseKeystore(JSON.stringify({ ...cheap, address: '00'.repeat(20) }), 'k')
    expect(() => unsealKey(keystore, password, 'k')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_MALFORMED' }),
    )
  })

  it.each([
    ['is not JSON', '{'],
    ['is a list', '[]'],
    ['is of the beacon chain', JSON.stringify({ ...parsed, version: 4 })],
    ['is under another cipher', JSON.stringify(withCrypto({ cipher: 'aes-256-gcm' }))],
    ['is under another derivation', JSON.stringify(withCrypto({ kdf: 'argon2id' }))],
    ['would take all the memory', JSON.stringify(withScrypt({ n: 2 ** 24 }))],
    ['would take for ever', JSON.stringify(withScrypt({ p: 64 }))],
    ['has a cost that is no power of two', JSON.stringify(withScrypt({ n: 1000 }))],
    ['has a short mac', JSON.stringify(withCrypto({ mac: 'ab' }))],
  ])('is refused, unopened, when it %s', (_, text) => {
    const message = expect.not.stringContaining(parsed.crypto.ciphertext)
    expect(() => parseKeystore(text, 'k')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_MALFORMED', message }),
    )
  })
})

function withCrypto(change: object) {
  return { ...parsed, crypto: { ...parsed.crypto, ...change } }
}

function withScrypt(change: object) {
  return withCrypto({ kdfparams: { ...parsed.crypto.kdfparams, ...change } })
}
