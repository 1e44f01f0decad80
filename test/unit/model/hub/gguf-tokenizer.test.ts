import { describe, expect, it } from 'vitest'
import { ggufTokenizer } from '../../../../model/hub/gguf/gguf-tokenizer.ts'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import vectors from '../../../vectors/gguf-tokenizers.json' with { type: 'json' }

const families = Object.keys(vectors.ids) as (keyof typeof vectors.ids)[]

function metadata(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': vectors.tokens,
    'tokenizer.ggml.token_type': vectors.kinds,
    'tokenizer.ggml.merges': vectors.merges,
    'tokenizer.ggml.eos_token_id': 0,
    ...changes,
  }
}

describe('the tokenizer of a GGUF file', () => {
  it.each(families)('that splits as %s gives the ids of its original in four languages', (pre) => {
    const { tokenizerJson } = ggufTokenizer('x.gguf', metadata({ 'tokenizer.ggml.pre': pre }))
    const tokenizer = loadTokenizer(tokenizerJson, 0)
    vectors.texts.forEach((text, i) => {
      expect(tokenizer.encode(text)).toEqual(vectors.ids[pre][i])
      expect(tokenizer.decode(vectors.ids[pre][i])).toBe(pre === 'qwen2' ? text.normalize('NFC') : text)
    })
  })

  it('has its control tokens as special ones, and no unused token at its end', () => {
    const { tokenizerJson, endToken } = ggufTokenizer(
      'x.gguf',
      metadata({
        'tokenizer.ggml.tokens': [...vectors.tokens, '[PAD333]', '[PAD334]'],
        'tokenizer.ggml.token_type': [...vectors.kinds, 5, 5],
      }),
    )
    expect(endToken).toBe(0)
    const tokenizer = loadTokenizer(tokenizerJson, 0)
    expect(tokenizer.vocabularySize).toBe(vectors.tokens.length)
    expect(tokenizer.encode('<|im_start|>')).not.toContain(1)
    expect(tokenizer.decode([1])).toBe('')
    expect(tokenizer.decode([vectors.tokens.indexOf('<tool>')])).toBe('<tool>')
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['SentencePiece', { 'tokenizer.ggml.model': 'llama' }, 'IMPORT_TOKENIZER_UNSUPPORTED', '"llama"'],
    [
      'a splitting it does not know',
      { 'tokenizer.ggml.pre': 'tekken' },
      'IMPORT_TOKENIZER_UNSUPPORTED',
      'tekken',
    ],
    ['no tokens', { 'tokenizer.ggml.tokens': undefined }, 'IMPORT_FILE_MALFORMED', 'tokenizer.ggml.tokens'],
    ['kinds of other tokens', { 'tokenizer.ggml.token_type': [1] }, 'IMPORT_FILE_MALFORMED', 'have 1 kinds'],
    ['a merge of one', { 'tokenizer.ggml.merges': ['ab'] }, 'IMPORT_FILE_MALFORMED', 'tokenizer.ggml.merges'],
  ])('is refused with %s', (_, changes, code, named) => {
    expect(() => ggufTokenizer('x.gguf', metadata(changes))).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(named) }),
    )
  })
})
