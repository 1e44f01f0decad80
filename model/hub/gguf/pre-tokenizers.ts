/** How a tokenizer prepares and splits text before it merges bytes: what tokenizer.json says and a GGUF file only names. */
export interface PreTokenizer {
  readonly normalizer: object | null
  readonly preTokenizer: object
  /** A piece that is a token as a whole is not merged from bytes. */
  readonly ignoreMerges: boolean
}

const byteLevel = (splits: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: splits,
})

function inSequence(...pretokenizers: object[]): object {
  return { type: 'Sequence', pretokenizers }
}

/** Llama 3's pattern, which Qwen took over with single digits. */
function splitWords(digits: string): object {
  const pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`
  return inSequence(
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  )
}

/** By llama.cpp's name, `tokenizer.ggml.pre`. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ['gpt-2', { normalizer: null, preTokenizer: byteLevel(true), ignoreMerges: false }],
  [
    'smollm',
    {
      normalizer: null,
      preTokenizer: inSequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
      ignoreMerges: false,
    },
  ],
  ['llama-bpe', { normalizer: null, preTokenizer: splitWords('\\p{N}{1,3}'), ignoreMerges: true }],
  ['qwen2', { normalizer: { type: 'NFC' }, preTokenizer: splitWords('\\p{N}'), ignoreMerges: false }],
])
