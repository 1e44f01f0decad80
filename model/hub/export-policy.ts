import { z } from 'zod'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { FILES } from '../checkpoint/read-checkpoint.ts'
import { encodeSafetensorsInPieces } from '../checkpoint/safetensors.ts'
import { writeDirectory } from '../checkpoint/write-directory.ts'

const tokenizerShape = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })),
})

/**
 * Writes a checkpoint as a directory that Hugging Face's libraries open: the same config, tokenizer and weights, with
 * what they look for besides. `importPolicy` reads the same weights back.
 * @throws SubnetError CHECKPOINT_EXISTS
 */
export async function exportPolicy(dir: string, checkpoint: Checkpoint): Promise<void> {
  const { configJson, tokenizerJson, weights, manifest } = checkpoint
  const { endToken, temperature, maxTokens } = manifest.sampling
  const { added_tokens: added } = tokenizerShape.parse(JSON.parse(tokenizerJson))
  const end = added.find(({ id }) => id === endToken)?.content
  const ids = { eos_token_id: endToken, pad_token_id: endToken }
  await writeDirectory(dir, {
    [FILES.config]: json({ ...JSON.parse(configJson), ...ids }),
    'generation_config.json': json({ ...ids, do_sample: true, temperature, max_new_tokens: maxTokens }),
    [FILES.tokenizer]: new TextEncoder().encode(tokenizerJson),
    'tokenizer_config.json': json({
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      model_max_length: checkpoint.config.context,
      ...(end === undefined ? {} : { eos_token: end, pad_token: end }),
    }),
    // Readers ask for the kind of tensors that a file holds.
    [FILES.weights]: encodeSafetensorsInPieces(weights, { format: 'pt' }),
  })
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}
