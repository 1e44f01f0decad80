import { keccak_256 } from '@noble/hashes/sha3.js'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, type Hex } from 'viem'
import { z } from 'zod'
import { merkleRoot } from '../../shared/protocol/merkle-root.ts'

/** What a contract reads tokens by: the bytes of each, as one Merkle root that the policy's manifest names. */
export interface TokenTable {
  readonly root: Hex
  /** @throws where there is no such token */
  textOf(token: number): { readonly token: number; readonly text: Hex; readonly proof: readonly Hex[] }
}

const leafTypes = ['uint32', 'bytes']
const WORD = 32

/** The part of a `tokenizer.json` that says what a token's bytes are, where it is byte-level BPE. */
const byteLevelShape = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean() })),
  decoder: z.looseObject({ type: z.literal('ByteLevel') }),
  model: z.looseObject({ vocab: z.record(z.string(), z.int()) }),
})

/**
 * A completion's bytes are its tokens' bytes in a row; a special token has none. Null for a tokenizer that is not
 * byte-level: its tokens have no bytes of their own, and what they say cannot be shown on chain.
 */
export function tokenTableOf(tokenizerJson: string): TokenTable | null {
  const parsed = byteLevelShape.safeParse(parseJson(tokenizerJson))
  if (!parsed.success) return null
  const { added_tokens: added, model } = parsed.data
  const texts = new Map<number, Uint8Array>()
  for (const [symbols, id] of Object.entries(model.vocab)) {
    const bytes = bytesOf(symbols)
    if (bytes) texts.set(id, bytes)
  }
  for (const { id, content, special } of added) {
    texts.set(id, special ? new Uint8Array() : new TextEncoder().encode(content))
  }
  if (texts.size === 0) return null
  // Everyone who opens a policy needs the root, and hardly anyone ever a proof: the library's tree is slower.
  let tree: StandardMerkleTree<[number, Hex]> | undefined
  return {
    root: bytesToHex(merkleRoot([...texts].map(([id, bytes]) => leafOf(id, bytes)))),
    textOf(token) {
      const text = texts.get(token)
      if (text === undefined) throw new RangeError(`the table has no token ${token}`)
      tree ??= StandardMerkleTree.of(
        [...texts].map(([id, bytes]): [number, Hex] => [id, bytesToHex(bytes)]),
        leafTypes,
      )
      const hex = bytesToHex(text)
      return { token, text: hex, proof: tree.getProof([token, hex]) as Hex[] }
    },
  }
}

/** keccak256(keccak256(abi.encode(id, bytes))), as a standard Merkle tree hashes its values. */
function leafOf(id: number, bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(3 * WORD + WORD * Math.ceil(bytes.length / WORD))
  const view = new DataView(encoded.buffer)
  view.setUint32(WORD - 4, id)
  view.setUint32(2 * WORD - 4, 2 * WORD)
  view.setUint32(3 * WORD - 4, bytes.length)
  encoded.set(bytes, 3 * WORD)
  return keccak_256(keccak_256(encoded))
}

/** Undoes GPT-2's printable stand-ins; null for a symbol that stands for no byte. */
function bytesOf(symbols: string): Uint8Array | null {
  const bytes = Array.from(symbols, (symbol) => byteOfSymbol.get(symbol))
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : null
}

const byteOfSymbol = invertByteSymbols()

/** Printable Latin-1 stands for itself, the other bytes follow from U+0100. */
function invertByteSymbols(): ReadonlyMap<string, number> {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let next = 0x100
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(printable(byte) ? byte : next++), byte]),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
