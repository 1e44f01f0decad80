import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import { demonstrate } from '../../../../model/training/demonstrations.ts'
import { numberedSeed } from '../../../helpers/environment-suite.ts'

const JSON_TEXT = readFileSync(new URL('../../../../models/default/tokenizer.json', import.meta.url), 'utf8')
const tokenizer = loadTokenizer(JSON_TEXT)
const DEMONSTRATIONS = (['word-problems', 'sat'] as const).map((id) =>
  Array.from({ length: 1000 }, (_, i) => demonstrate(id, numberedSeed(i), { noise: 0.3 })),
)

interface TokenizerFile {
  added_tokens: { special: boolean }[]
  model?: { vocab: Record<string, number> }
  pre_tokenizer: object
  decoder?: object
}

function edited(change: (file: TokenizerFile) => void): string {
  const file = JSON.parse(JSON_TEXT) as TokenizerFile
  change(file)
  return JSON.stringify(file)
}

describe('the default tokenizer', () => {
  it('stays small and ends with the end token', () => {
    expect(tokenizer.vocabularySize).toBeLessThan(450)
    expect(tokenizer.endToken).toBe(0)
  })

  it('gives back any text', () => {
    for (const unit of ['binary', 'grapheme'] as const) {
      fc.assert(
        fc.property(fc.string({ unit, maxLength: 100 }), (text) => {
          const tokens = tokenizer.encode(text)
          expect(tokenizer.decode(tokens)).toBe(text)
          expect(tokens.every((token) => token > 0 && token < tokenizer.vocabularySize)).toBe(true)
        }),
        { seed: 1, numRuns: 1000 },
      )
    }
    for (const text of ['', '\uFEFFa\uFEFF', '\u0000', '<0x41>', 'Ġ', '  a  ', '\r\n', '👩‍👩‍👧']) {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
    }
  })

  it('never takes more tokens than the text has bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tokenizer.encode(text).length).toBeLessThanOrEqual(Buffer.byteLength(text))
      }),
      { seed: 1 },
    )
  })

  it('makes no special token out of a text that spells one', () => {
    for (const text of ['<|end|>', 'What is <|end|> for?', '<|end|><|end|>']) {
      const tokens = tokenizer.encode(text)
      expect(tokens).not.toContain(tokenizer.endToken)
      expect(tokenizer.decode(tokens)).toBe(text)
    }
  })

  it('leaves special tokens out of the text', () => {
    const tokens = tokenizer.encode('3*4=12')
    expect(tokenizer.decode([...tokens, tokenizer.endToken])).toBe('3*4=12')
    expect(tokenizer.decode([tokenizer.endToken])).toBe('')
    expect(tokenizer.decode([])).toBe('')
  })

  it('keeps words whole and digits single in every demonstration', () => {
    for (const { prompt, completion } of DEMONSTRATIONS.flat()) {
      const text = prompt + completion
      const expected = text.match(/#### |![0-9]| ?[A-Za-z]+|[^A-Za-z]/g)
      expect(tokenizer.encode(text).map((token) => tokenizer.decode([token]))).toEqual(expected)
    }
  })

  it('keeps demonstrations short', () => {
    const [wordProblems, sat] = DEMONSTRATIONS.map((list) => ({
      prompt: Math.max(...list.map(({ prompt }) => tokenizer.encode(prompt).length)),
      completion: Math.max(...list.map(({ completion }) => tokenizer.encode(completion).length + 1)),
    }))
    expect(wordProblems.prompt).toBeLessThanOrEqual(44)
    expect(wordProblems.completion).toBeLessThanOrEqual(32)
    expect(sat.prompt).toBeLessThanOrEqual(86)
    expect(sat.completion).toBeLessThanOrEqual(11)
  })

  it('encodes a prompt and its completion apart as it encodes them together', () => {
    for (const { prompt, completion } of DEMONSTRATIONS.flat()) {
      expect([...tokenizer.encode(prompt), ...tokenizer.encode(completion)]).toEqual(
        tokenizer.encode(prompt + completion),
      )
    }
  })

  it('decodes any tokens, broken UTF-8 as replacement characters', () => {
    const [first] = tokenizer.encode('é')
    expect(tokenizer.decode([first])).toBe('\uFFFD')
    const token = fc.nat(tokenizer.vocabularySize - 1)
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        const text = tokenizer.decode(tokens)
        expect(text.isWellFormed()).toBe(true)
        expect(loadTokenizer(JSON_TEXT).decode(tokens)).toBe(text)
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('refuses to decode a token that it does not have', () => {
    for (const token of [tokenizer.vocabularySize, -1, 1.5, Number.NaN]) {
      expect(() => tokenizer.decode([1, token])).toThrowError(
        expect.objectContaining({ code: 'TOKEN_OUT_OF_VOCABULARY' }),
      )
    }
  })
})

describe('loadTokenizer', () => {
  it.each([
    ['no JSON', JSON_TEXT.slice(0, 1000)],
    ['another document', '[]'],
    ['no model', edited((file) => delete file.model)],
    ['no special tokens', edited((file) => (file.added_tokens = []))],
    ['an end token that is not special', edited((file) => (file.added_tokens[0].special = false))],
    ['a gap in the ids', edited((file) => Object.assign(file.model?.vocab ?? {}, { zzz: 9999 }))],
    ['an unknown pre-tokenizer', edited((file) => (file.pre_tokenizer = { type: 'Magic' }))],
    ['no decoder', edited((file) => delete file.decoder)],
  ])('refuses a file with %s', (_, json) => {
    expect(() => loadTokenizer(json)).toThrowError(
      expect.objectContaining({
        code: 'TOKENIZER_MALFORMED',
        message: expect.stringContaining('tokenizer.json'),
      }),
    )
  })
})
