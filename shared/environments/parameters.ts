import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * keccak256 of the lines `name=value`, sorted by name, each ended by a newline. Names and values hold no newline.
 * Any change of what decides problems or judgements must change a value here, else two versions of an environment
 * would pass for one on chain.
 */
export function hashParameters(parameters: Readonly<Record<string, string | number>>): `0x${string}` {
  const lines = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}\n`)
  return `0x${bytesToHex(keccak_256(utf8ToBytes(lines.join(''))))}`
}
