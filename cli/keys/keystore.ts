import * as Keystore from 'ox/Keystore'
import { type Address, getAddress, type Hex, isAddressEqual } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`, 'i'))
const salt = z.string().regex(/^([0-9a-f]{2}){1,64}$/i)

/** A file decides what reading it costs: at most 1 GiB and a few dozen seconds. */
const mostBlocks = 2 ** 23
const scrypt = z
  .object({
    dklen: z.literal(32),
    n: z.int().min(2).max(mostBlocks),
    r: z.int().min(1).max(64),
    p: z.int().min(1).max(64),
    salt,
  })
  .refine(({ n }) => (n & (n - 1)) === 0, 'n must be a power of two')
  .refine(({ n, r, p }) => n * r <= mostBlocks && n * r * p <= 2 * mostBlocks, 'takes too much work')
const pbkdf2 = z.object({
  dklen: z.literal(32),
  c: z.int().min(1).max(10_000_000),
  prf: z.literal('hmac-sha256'),
  salt,
})

const shape = z.object({
  version: z.literal(3, { error: 'must be 3: keystores of validators on the beacon chain are others' }),
  id: z.string(),
  address: z
    .string()
    .regex(/^(0x)?[0-9a-f]{40}$/i)
    .optional(),
  crypto: z.intersection(
    z.object({
      cipher: z.literal('aes-128-ctr'),
      ciphertext: hex(32),
      cipherparams: z.object({ iv: hex(16) }),
      mac: hex(32),
    }),
    z.discriminatedUnion('kdf', [
      z.object({ kdf: z.literal('scrypt'), kdfparams: scrypt }),
      z.object({ kdf: z.literal('pbkdf2'), kdfparams: pbkdf2 }),
    ]),
  ),
})

/** A key under a password, as Ethereum's Web3 Secret Storage defines it: geth, Foundry and wallets read it too. */
export type KeystoreFile = z.output<typeof shape>

/** As geth does: each guess takes 256 MiB and about a second. */
const work = { n: 2 ** 18, r: 8, p: 1 }

export function sealKey(key: Hex, password: string): string {
  const [derived, options] = Keystore.scrypt({ password, ...work })
  const address = privateKeyToAccount(key).address.slice(2).toLowerCase()
  return `${JSON.stringify({ address, ...Keystore.encrypt(key, derived, options) }, null, 2)}\n`
}

/**
 * @param path where the text came from
 * @throws SubnetError KEYSTORE_MALFORMED
 */
export function parseKeystore(text: string, path: string): KeystoreFile {
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON'
    throw new SubnetError(
      'KEYSTORE_MALFORMED',
      `${path} is no keystore of version 3: ${why}. The file was not changed.`,
      { details: { path }, cause },
    )
  }
}

/**
 * @throws SubnetError PASSWORD_WRONG; KEYSTORE_MALFORMED where it holds another key than it says
 */
export function unsealKey(keystore: KeystoreFile, password: string, path: string): Hex {
  const key = decrypt(keystore, password, path)
  const actual = accountOf(key, path)
  if (isAddressEqual(actual, addressOf(keystore) ?? actual)) return key
  throw new SubnetError(
    'KEYSTORE_MALFORMED',
    `the keystore ${path} holds the key of another address than it says. The file was not changed.`,
    { details: { path } },
  )
}

/** What the file says without its password; only `unsealKey` proves it. */
export function addressOf({ address }: KeystoreFile): Address | null {
  return address === undefined ? null : getAddress(`0x${address.replace(/^0x/i, '').toLowerCase()}`)
}

function decrypt(keystore: KeystoreFile, password: string, path: string): Hex {
  const sealed = keystore as Keystore.Keystore
  // Not the asynchronous one: it takes every scrypt for one with its own r and p, and so refuses geth's.
  const derived = Keystore.toKey(sealed, { password })
  try {
    return Keystore.decrypt(sealed, derived)
  } catch (cause) {
    throw new SubnetError(
      'PASSWORD_WRONG',
      `the password does not open ${path}. The file was not changed; if the password is right, the file is damaged: restore a copy.`,
      { details: { path }, cause },
    )
  }
}

/** Zero and numbers beyond the curve's order are no keys; the library's words may quote them. */
function accountOf(key: Hex, path: string): Address {
  try {
    return privateKeyToAccount(key).address
  } catch {
    throw new SubnetError('KEYSTORE_MALFORMED', `the keystore ${path} holds no key of Ethereum`, {
      details: { path },
    })
  }
}
