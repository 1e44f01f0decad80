import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'

/** Ends every completion of our own tokenizers, which declare it as a special token. */
export const END_TOKEN = '<|end|>'

/** Text to tokens and back. Both directions are pure: they depend on the argument and the file alone. */
export interface Tokenizer {
  /** Ids are 0 … vocabularySize - 1. */
  readonly vocabularySize: number
  readonly endToken: number
  /** No special token comes out of this, not even where the text spells one. */
  encode(text: string): number[]
  /**
   * Special tokens give no text; bytes that are not UTF-8 give replacement characters.
   * @throws SubnetError TOKEN_OUT_OF_VOCABULARY
   */
  decode(tokens: readonly number[]): string
}

const FileShape = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id: z.int().nonnegative(), content: z.string(), special: z.boolean() }),
  ),
  model: z.looseObject({ vocab: z.record(z.string(), z.int().nonnegative()) }),
})

/**
 * @param json a `tokenizer.json` in Hugging Face's format
 * @param end the token that ends a completion, where it is not `END_TOKEN`
 * @throws SubnetError TOKENIZER_MALFORMED
 */
export function loadTokenizer(json: string, end?: number): Tokenizer {
  const file = parseFile(json)
  const special = file.added_tokens.filter((token) => token.special)
  const endToken = end ?? special.find((token) => token.content === END_TOKEN)?.id
  if (endToken === undefined) throw malformed(`it declares no special token ${END_TOKEN}`)
  const ids = new Set([...Object.values(file.model.vocab), ...file.added_tokens.map((token) => token.id)])
  const vocabularySize = ids.size
  for (let id = 0; id < vocabularySize; id++)
    if (!ids.has(id)) throw malformed('its ids are not 0 … n-1 without gaps')
  if (!ids.has(endToken)) throw malformed(`it has no token ${endToken}, which ends completions`)

  // The library turns text that spells a special token into that token; without them in the list it cannot.
  const encoder = construct({ ...file, added_tokens: file.added_tokens.filter((token) => !token.special) })
  const decoder = construct(file)
  const silent = new Set(special.map((token) => token.id))

  return {
    vocabularySize,
    endToken,
    encode: (text) => (text === '' ? [] : encoder.encode(text, { add_special_tokens: false }).ids),
    decode(tokens) {
      for (const token of tokens) {
        if (!ids.has(token)) {
          throw new SubnetError(
            'TOKEN_OUT_OF_VOCABULARY',
            `Token ${token} is not in the vocabulary of ${vocabularySize}. Check bounds before decoding.`,
            { details: { token, vocabularySize } },
          )
        }
      }
      const spoken = tokens.filter((token) => !silent.has(token))
      return spoken.length === 0 ? '' : decoder.decode(spoken)
    },
  }
}

/**
 * Tokens of a text that the policy's own files wrote: here text that spells a special token becomes that token.
 * @throws SubnetError TOKENIZER_MALFORMED
 */
export function encodeWithSpecials(json: string, text: string): number[] {
  if (text === '') return []
  return construct(parseFile(json)).encode(text, { add_special_tokens: false }).ids
}

function parseFile(json: string): z.infer<typeof FileShape> {
  try {
    return FileShape.parse(JSON.parse(json))
  } catch (cause) {
    throw malformed(cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause), cause)
  }
}

function construct(file: object): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(file, { clean_up_tokenization_spaces: false })
  } catch (cause) {
    throw malformed(String(cause), cause)
  }
}

function malformed(reason: string, cause?: unknown): SubnetError {
  return new SubnetError(
    'TOKENIZER_MALFORMED',
    `tokenizer.json cannot be used: ${reason}. Fetch the checkpoint again, or rebuild the file.`,
    cause === undefined ? {} : { cause },
  )
}
