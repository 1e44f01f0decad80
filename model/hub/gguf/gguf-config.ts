import { SubnetError } from '../../../shared/errors.ts'
import { importFailure } from '../failure.ts'
import type { StoredTensor } from '../stored-tensor.ts'
import type { GgufMetadata } from './read-header.ts'

const FAMILIES = ['llama', 'qwen2', 'qwen3']
/** What a decoder of ours cannot do, unless it is absent or says that nothing is done. */
const FOREIGN = ['expert_count', 'rope.scaling.factor', 'attention.sliding_window']

/** The fields of a config.json that a GGUF file has other words for. */
export type GgufConfig = ReturnType<typeof ggufConfig>

/**
 * @throws SubnetError POLICY_ARCHITECTURE_UNSUPPORTED naming the key and its value; IMPORT_TENSOR_MISSING without an
 *   embedding, which says how many rows there are
 */
export function ggufConfig(path: string, metadata: GgufMetadata, tensors: ReadonlyMap<string, StoredTensor>) {
  const family = metadata['general.architecture']
  if (typeof family !== 'string' || !FAMILIES.includes(family)) {
    throw unsupported(path, 'general.architecture', family)
  }
  const key = (name: string) => `${family}.${name}`
  for (const name of FOREIGN) {
    const value = metadata[key(name)]
    if (value !== undefined && Number(value) !== 0) throw unsupported(path, key(name), value)
  }
  const scaling = metadata[key('rope.scaling.type')]
  if (scaling !== undefined && scaling !== 'none') throw unsupported(path, key('rope.scaling.type'), scaling)
  const number = (name: string, fallback?: number): number => {
    const value = Number(metadata[key(name)] ?? fallback ?? Number.NaN)
    if (Number.isFinite(value)) return value
    throw unsupported(path, key(name), metadata[key(name)])
  }

  const width = number('embedding_length')
  const heads = number('attention.head_count')
  const headWidth = number('attention.key_length', width / heads)
  for (const name of ['attention.value_length', 'rope.dimension_count']) {
    if (number(name, headWidth) !== headWidth) throw unsupported(path, key(name), metadata[key(name)])
  }
  return {
    model_type: family,
    vocab_size: requireEmbedding(path, tensors).shape[0],
    hidden_size: width,
    num_hidden_layers: number('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: number('attention.head_count_kv', heads),
    head_dim: headWidth,
    intermediate_size: number('feed_forward_length'),
    max_position_embeddings: number('context_length'),
    rms_norm_eps: shortest(number('attention.layer_norm_rms_epsilon')),
    rope_theta: shortest(number('rope.freq_base', 10_000)),
    tie_word_embeddings: !tensors.has('output.weight'),
    attention_bias: tensors.has('blk.0.attn_q.bias'),
  }
}

function requireEmbedding(path: string, tensors: ReadonlyMap<string, StoredTensor>): StoredTensor {
  const embedding = tensors.get('token_embd.weight')
  if (embedding) return embedding
  throw importFailure('IMPORT_TENSOR_MISSING', `${path} lacks tensor token_embd.weight.`, { file: path })
}

/** The number that was written before it became a float32: 1e-5, not 0.0000099999997. */
function shortest(float: number): number {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8].find(
    (count) => Math.fround(Number(float.toPrecision(count))) === float,
  )
  return digits === undefined ? float : Number(float.toPrecision(digits))
}

function unsupported(path: string, key: string, value: unknown): SubnetError {
  return new SubnetError(
    'POLICY_ARCHITECTURE_UNSUPPORTED',
    `${path}: ${key} is ${String(value)}, which this decoder does not support. ` +
      'Use a Llama, Qwen2, Qwen3 or SmolLM2 policy without experts, rotary scaling or sliding windows. Nothing was written.',
    { details: { file: path, key, value: String(value) } },
  )
}
