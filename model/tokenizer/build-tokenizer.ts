import { keccak_256 } from '@noble/hashes/sha3.js'
import { demonstrate } from '../training/demonstrations.ts'
import { byteLevelJson } from './byte-level-json.ts'
import { END_TOKEN } from './tokenizer.ts'

/** Problems of each environment whose words are collected: enough to meet every word. */
const SAMPLES = 5000

/**
 * A word takes the space before it along; a digit never joins another; `!3` is SAT's negated literal; `#### ` is
 * the answer mark. Every other character stands alone.
 */
const PATTERN = '#### |![0-9]| ?[A-Za-z]+|[^A-Za-z]'

/** Frequent pairs of English letters, most frequent first (Norvig, "English Letter Frequency Counts"). */
const PAIRS =
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur'

/** Whole words that school problems share, each with the space before it. */
const COMMON =
  'a the is in he she his her it they for to on at if each how many much does did all are was were with that than will day days week hour hours year years money total number half cost costs per one two three four first and be from but time sold bought spent makes make takes left how end'

const byteSymbols = byteToSymbol()

/**
 * The default policy's tokenizer.json: byte-level BPE (every byte is a token, so any text can be written), the
 * words of the procedural environments whole, digits single, and the most frequent English letter pairs and words
 * as merges, so that a GSM8K question takes about 0.62 tokens a byte. Same output on every run.
 */
export function buildTokenizer(): string {
  return `${JSON.stringify(describeTokenizer(), null, 1)}\n`
}

function describeTokenizer(): object {
  const specials = [END_TOKEN]
  const pairs = PAIRS.split(' ').map((pair) => pair.split(''))
  const words = [...new Set([...environmentPieces(), ...COMMON.split(' ').map((word) => ` ${word}`)])]
    .map(toSymbols)
    .filter((piece) => piece.length > 1)
  const tokens = new Set([...specials, ...byteSymbols, ...pairs.map((pair) => pair.join('')), ...words])
  return byteLevelJson({
    added: specials.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    preTokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    ignoreMerges: true,
    tokens: [...tokens],
    merges: pairs,
  })
}

/** What the pattern cuts out of problems and solutions, sorted. */
function environmentPieces(): string[] {
  const pieces = new Set<string>()
  for (let i = 0; i < SAMPLES; i++) {
    const seed = keccak_256(new TextEncoder().encode(`tokenizer ${i}`))
    for (const id of ['word-problems', 'sat'] as const) {
      const { prompt, completion } = demonstrate(id, seed, { noise: 0 })
      for (const piece of (prompt + completion).match(new RegExp(PATTERN, 'gu')) ?? []) pieces.add(piece)
    }
  }
  return [...pieces].sort()
}

/** GPT-2's printable stand-in for each byte: printable Latin-1 stands for itself, the rest follow from U+0100. */
function byteToSymbol(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}

function toSymbols(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteSymbols[byte]).join('')
}
