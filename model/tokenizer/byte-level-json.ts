/** What byte-level BPE tokenizers differ in, in the words of tokenizer.json. */
export interface ByteLevelBpe {
  readonly added: readonly { readonly id: number; readonly content: string; readonly special: boolean }[]
  readonly normalizer: object | null
  readonly preTokenizer: object
  readonly ignoreMerges: boolean
  /** In order of their ids. */
  readonly tokens: readonly string[]
  readonly merges: readonly (readonly string[])[]
}

/** A tokenizer.json of byte-level BPE, as an object; the order of its keys is part of its hash. */
export function byteLevelJson(bpe: ByteLevelBpe): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: bpe.added.map(({ id, content, special }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: bpe.normalizer,
    pre_tokenizer: bpe.preTokenizer,
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: bpe.ignoreMerges,
      vocab: Object.fromEntries(bpe.tokens.map((token, id) => [token, id])),
      merges: bpe.merges,
    },
  }
}
