import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, type Hex } from 'viem'
import { z } from 'zod'

/** What a contract reads tokens by: the bytes of each, as one Merkle root that the policy's manifest names. */
export interface TokenTable {
  readonly root: Hex
  /** @throws where there is no such token */
  textOf(token: number): { readonly token: number; readonly text: Hex; readonly proof: readonly Hex[] }
}

const leafTypes = ['uint32', 'bytes']

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
  const values = [...texts].map(([id, bytes]): [number, Hex] => [id, bytesToHex(bytes)])
  const tree = StandardMerkleTree.of(values, leafTypes)
  return {
    root: tree.root as Hex,
    textOf(token) {
      const index = values.findIndex(([id]) => id === token)
      return { token, text: values[index][1], proof: tree.getProof(index) as Hex[] }
    },
  }
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
