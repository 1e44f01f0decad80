import { z } from 'zod'
import { byteLevelJson } from '../../tokenizer/byte-level-json.ts'
import { importFailure } from '../failure.ts'
import type { PolicyFiles } from '../policy-files.ts'
import { PRE_TOKENIZERS, type PreTokenizer } from './pre-tokenizers.ts'
import type { GgufMetadata } from './read-header.ts'

/** llama.cpp's kinds of tokens. */
const KIND = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const

const merge = z.string().regex(/^[^ ]+ [^ ]+$/)
const shape = z.object({
  'tokenizer.ggml.tokens': z.array(z.string()).min(1),
  'tokenizer.ggml.token_type': z.array(z.int()),
  'tokenizer.ggml.merges': z.array(merge),
  'tokenizer.ggml.bos_token_id': z.int().nonnegative().optional(),
  'tokenizer.ggml.eos_token_id': z.int().nonnegative().optional(),
  'tokenizer.chat_template': z.string().optional(),
})

/**
 * The tokenizer.json that gives the same ids as the one that the file was made from. Its trailing unused tokens, which
 * only pad the embedding, are left out.
 * @throws SubnetError IMPORT_TOKENIZER_UNSUPPORTED, IMPORT_FILE_MALFORMED
 */
export function ggufTokenizer(
  path: string,
  metadata: GgufMetadata,
): Pick<PolicyFiles, 'tokenizerJson' | 'endToken' | 'chat'> {
  const preTokenizer = requireKnown(path, metadata)
  const parsed = shape.safeParse(metadata)
  if (!parsed.success) throw malformed(path, z.prettifyError(parsed.error), parsed.error)
  const all = parsed.data['tokenizer.ggml.tokens']
  const kinds = parsed.data['tokenizer.ggml.token_type']
  if (kinds.length !== all.length) throw malformed(path, `${all.length} tokens have ${kinds.length} kinds`)
  const used = kinds.findLastIndex((kind) => kind !== KIND.unused) + 1
  const tokens = all.slice(0, used)
  const merges = parsed.data['tokenizer.ggml.merges'].map((pair) => pair.split(' '))
  const endToken = parsed.data['tokenizer.ggml.eos_token_id'] ?? null
  const template = parsed.data['tokenizer.chat_template']
  const nameOf = (id: number | null | undefined) => tokens[id ?? -1] ?? ''
  return {
    tokenizerJson: `${JSON.stringify(describe(tokens, kinds, merges, preTokenizer))}\n`,
    endToken,
    chat:
      template === undefined
        ? null
        : {
            template,
            names: {
              bos_token: nameOf(parsed.data['tokenizer.ggml.bos_token_id']),
              eos_token: nameOf(endToken),
            },
          },
  }
}

function requireKnown(path: string, metadata: GgufMetadata): PreTokenizer {
  const model = metadata['tokenizer.ggml.model']
  const pre = metadata['tokenizer.ggml.pre']
  const known = PRE_TOKENIZERS.get(String(pre))
  if (model === 'gpt2' && known) return known
  throw importFailure(
    'IMPORT_TOKENIZER_UNSUPPORTED',
    `${path}: its tokenizer is "${model}" and splits as "${pre}"; byte-level BPE ("gpt2") that splits as ` +
      `${[...PRE_TOKENIZERS.keys()].join(', ')} can be read. Import the directory that it was made from.`,
    { file: path, model, pre },
  )
}

function describe(
  tokens: readonly string[],
  kinds: readonly number[],
  merges: readonly (readonly string[])[],
  { normalizer, preTokenizer, ignoreMerges }: PreTokenizer,
): object {
  const added = tokens.flatMap((content, id) => {
    const special = kinds[id] === KIND.control
    if (!special && kinds[id] !== KIND.userDefined) return []
    return [{ id, content, special }]
  })
  return byteLevelJson({ added, normalizer, preTokenizer, ignoreMerges, tokens, merges })
}

function malformed(path: string, reason: string, cause?: unknown) {
  return importFailure(
    'IMPORT_FILE_MALFORMED',
    `${path}: its tokenizer cannot be read: ${reason}.`,
    { file: path },
    cause,
  )
}
