import type { ArchitectureConfig } from '../../model/architecture/config.ts'
import type { WeightTensors } from '../../model/architecture/inference-graphs.ts'

/** Numbers of ggml's types, of which the tests need a few. */
const TYPES = { F32: 0, F16: 1, Q2_K: 10, Q8_0: 8, BF16: 30 } as const
const ALIGNMENT = 32

/** Integers are written as UINT32, `{ float }` as FLOAT32, integer lists as INT32. */
export type GgufValue = string | boolean | number | { readonly float: number } | readonly (string | number)[]

export interface GgufTensor {
  readonly type: keyof typeof TYPES
  /** Outermost dimension first. */
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

export interface GgufParts {
  readonly metadata: Record<string, GgufValue>
  /** In the order in which their data lies; names may repeat. */
  readonly tensors: (readonly [string, GgufTensor])[]
}

export function encodeGguf({ metadata, tensors }: GgufParts): Uint8Array {
  const head: Uint8Array[] = [
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(Object.keys(metadata).length),
  ]
  for (const [key, value] of Object.entries(metadata)) head.push(text(key), encodeValue(value))
  let at = 0
  for (const [name, { type, shape, bytes }] of tensors) {
    head.push(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(TYPES[type]), u64(at))
    at += padded(bytes).length
  }
  return Buffer.concat([padded(Buffer.concat(head)), ...tensors.map(([, { bytes }]) => padded(bytes))])
}

function encodeValue(value: GgufValue): Uint8Array {
  if (typeof value === 'string') return Buffer.concat([u32(8), text(value)])
  if (typeof value === 'boolean') return Buffer.concat([u32(7), Uint8Array.of(Number(value))])
  if (typeof value === 'number') return Buffer.concat([u32(4), u32(value)])
  if ('float' in value) return Buffer.concat([u32(6), new Uint8Array(Float32Array.of(value.float).buffer)])
  const items = value.map((item) => (typeof item === 'string' ? text(item) : u32(item)))
  return Buffer.concat([u32(9), u32(typeof value[0] === 'string' ? 8 : 5), u64(value.length), ...items])
}

/** A policy of random weights as llama.cpp's converter would write it, in float32, with a tokenizer of `tokens`. */
export function ggufOf(
  config: ArchitectureConfig,
  weights: WeightTensors,
  tokenizer: Record<string, GgufValue>,
): GgufParts {
  const { family } = config
  const sizes = {
    block_count: config.layers,
    context_length: config.context,
    embedding_length: config.width,
    feed_forward_length: config.feedForward,
    'attention.head_count': config.heads,
    'attention.head_count_kv': config.keyValueHeads,
    'attention.key_length': config.headWidth,
    'attention.value_length': config.headWidth,
    'attention.layer_norm_rms_epsilon': { float: config.normEpsilon },
    'rope.freq_base': { float: config.rotaryBase },
  }
  const own = Object.entries(sizes).map(([name, value]) => [`${family}.${name}`, value])
  const metadata = { 'general.architecture': family, ...Object.fromEntries(own), ...tokenizer }
  const tensors = [...weights].map(([name, { shape, data }]): [string, GgufTensor] => {
    const ordered = family === 'llama' ? pairRows(config, name, shape[0], data) : data
    return [ggmlName(name), { type: 'F32', shape, bytes: new Uint8Array(ordered.slice().buffer) }]
  })
  return { metadata, tensors }
}

/** Tokens A, B, … with a last one that ends, as `plainTokenizer` has them. */
export function plainGgufTokenizer(size: number): Record<string, GgufValue> {
  const letters = Array.from({ length: size - 1 }, (_, id) => String.fromCodePoint(0x41 + id))
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': [...letters, '<|stop|>'],
    'tokenizer.ggml.token_type': [...letters.map(() => 1), 3],
    'tokenizer.ggml.merges': [],
    'tokenizer.ggml.eos_token_id': size - 1,
  }
}

const PARTS: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
}

function ggmlName(name: string): string {
  if (name === 'model.embed_tokens.weight') return 'token_embd.weight'
  if (name === 'model.norm.weight') return 'output_norm.weight'
  if (name === 'lm_head.weight') return 'output.weight'
  const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) as RegExpExecArray
  return `blk.${layer}.${PARTS[part]}.${kind}`
}

/** Row h * half + i of a head goes to 2 i + h. */
function pairRows(config: ArchitectureConfig, name: string, rows: number, data: Float32Array): Float32Array {
  if (!/\.[qk]_proj\./.test(name)) return data
  const half = config.headWidth / 2
  const width = data.length / rows
  const paired = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    const inHead = row % config.headWidth
    const to = row - inHead + 2 * (inHead % half) + Math.floor(inHead / half)
    paired.set(data.subarray(row * width, (row + 1) * width), to * width)
  }
  return paired
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, new Uint8Array((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)])
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

function u64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)
}
