import { SubnetError } from '../../shared/errors.ts'

/** What the decoder needs to know, read from a Hugging Face config.json. */
export interface ArchitectureConfig {
  readonly family: 'llama' | 'qwen2' | 'qwen3'
  readonly vocabulary: number
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headWidth: number
  readonly feedForward: number
  /** Longest sequence, prompt and completion together. */
  readonly context: number
  readonly normEpsilon: number
  readonly rotaryBase: number
  readonly tiedHead: boolean
  readonly attentionBias: boolean
  readonly queryKeyNorm: boolean
}

const LARGEST = 1 << 24
/**
 * The engines add up a row in an order that depends on where it lies in memory, modulo 16 bytes. Rows that are a
 * multiple of 4 float32 long all lie alike, so a position gets the same bits in every batch.
 */
const ALIGNMENT = 4

/**
 * Reads config.json of model_type llama, qwen2 or qwen3.
 * @throws SubnetError POLICY_ARCHITECTURE_UNSUPPORTED naming the field and its value
 */
export function parseConfig(json: unknown): ArchitectureConfig {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw unsupported('config.json', json)
  const fields = json as Record<string, unknown>
  const family = fields.model_type
  if (family !== 'llama' && family !== 'qwen2' && family !== 'qwen3') throw unsupported('model_type', family)
  if (fields.hidden_act !== undefined && fields.hidden_act !== 'silu') {
    throw unsupported('hidden_act', fields.hidden_act)
  }
  for (const name of ['rope_scaling', 'use_sliding_window', 'mlp_bias', 'quantization_config']) {
    const value = fields[name]
    if (value !== undefined && value !== null && value !== false) throw unsupported(name, value)
  }
  const width = positiveInteger(fields, 'hidden_size')
  const heads = positiveInteger(fields, 'num_attention_heads')
  const keyValueHeads = positiveInteger(fields, 'num_key_value_heads', heads)
  const headWidth = positiveInteger(fields, 'head_dim', family === 'qwen3' ? 128 : width / heads)
  if (heads % keyValueHeads !== 0) throw unsupported('num_key_value_heads', keyValueHeads)
  if (width % ALIGNMENT !== 0) throw unsupported('hidden_size', width)
  if (headWidth % ALIGNMENT !== 0) throw unsupported('head_dim', headWidth)
  return {
    family,
    vocabulary: positiveInteger(fields, 'vocab_size'),
    width,
    layers: positiveInteger(fields, 'num_hidden_layers'),
    heads,
    keyValueHeads,
    headWidth,
    feedForward: positiveInteger(fields, 'intermediate_size'),
    context: positiveInteger(fields, 'max_position_embeddings'),
    normEpsilon: positiveNumber(fields, 'rms_norm_eps', 1e-6),
    rotaryBase: readRotaryBase(fields),
    tiedHead: fields.tie_word_embeddings === true,
    attentionBias: family === 'qwen2' || fields.attention_bias === true,
    queryKeyNorm: family === 'qwen3',
  }
}

/** The config.json that `parseConfig` reads back as `config`; its bytes are hashed into the manifest. */
export function formatConfig(config: ArchitectureConfig): string {
  const fields = {
    architectures: [
      { llama: 'LlamaForCausalLM', qwen2: 'Qwen2ForCausalLM', qwen3: 'Qwen3ForCausalLM' }[config.family],
    ],
    model_type: config.family,
    hidden_act: 'silu',
    vocab_size: config.vocabulary,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headWidth,
    intermediate_size: config.feedForward,
    max_position_embeddings: config.context,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.rotaryBase,
    tie_word_embeddings: config.tiedHead,
    attention_bias: config.attentionBias,
    torch_dtype: 'float32',
  }
  return `${JSON.stringify(fields, null, 2)}\n`
}

/** Newer files keep it in `rope_parameters`, with the kind of rotation. */
function readRotaryBase(fields: Record<string, unknown>): number {
  const newer = fields.rope_parameters
  if (newer === undefined || newer === null) return positiveNumber(fields, 'rope_theta', 10_000)
  const { rope_theta: base, rope_type: kind = 'default', ...rest } = newer as Record<string, unknown>
  if (kind !== 'default' || Object.keys(rest).length > 0) throw unsupported('rope_parameters', newer)
  return positiveNumber({ rope_theta: base }, 'rope_theta', 10_000)
}

function positiveInteger(fields: Record<string, unknown>, name: string, fallback?: number): number {
  const value = fields[name] ?? fallback
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > LARGEST) {
    throw unsupported(name, value)
  }
  return value as number
}

function positiveNumber(fields: Record<string, unknown>, name: string, fallback: number): number {
  const value = fields[name] ?? fallback
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw unsupported(name, value)
  return value
}

function unsupported(field: string, value: unknown): SubnetError {
  return new SubnetError(
    'POLICY_ARCHITECTURE_UNSUPPORTED',
    `config.json: ${field} is ${JSON.stringify(value)}, which this decoder does not support. ` +
      'Use a Llama, Qwen2 or Qwen3 policy without rotary scaling, sliding windows or quantisation, of widths ' +
      `that are multiples of ${ALIGNMENT}.`,
    { details: { field, value } },
  )
}
