import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WeightTensors } from '../../model/architecture/inference-graphs.ts'

/** A tokenizer.json with tokens 0 … size - 1, whose last is special. */
export function plainTokenizer(size: number): string {
  const vocab = Object.fromEntries(
    Array.from({ length: size - 1 }, (_, id) => [String.fromCodePoint(0x41 + id), id]),
  )
  const end = { id: size - 1, content: '<|stop|>', single_word: false, lstrip: false, rstrip: false }
  return JSON.stringify({
    version: '1.0',
    added_tokens: [{ ...end, normalized: false, special: true }],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', vocab, merges: [] },
  })
}

export type StoredAs = 'F32' | 'F16' | 'BF16'

/** A tensor as some file holds it. */
export interface RawTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** float32 bits → bfloat16 by cutting: exact where the lower half is zero. */
export function store(data: Float32Array, shape: readonly number[], dtype: StoredAs): RawTensor {
  if (dtype === 'F32') return { dtype, shape, bytes: new Uint8Array(data.slice().buffer) }
  const bits = new Uint32Array(data.slice().buffer)
  const halves = Uint16Array.from(bits, (word) => (dtype === 'BF16' ? word >>> 16 : halfOf(word)))
  return { dtype, shape, bytes: new Uint8Array(halves.buffer) }
}

/** Normal numbers of few bits only, which is all that the tests store as halves. */
function halfOf(word: number): number {
  if ((word & 0x7fffffff) === 0) return word >>> 16
  const exponent = ((word >>> 23) & 0xff) - 112
  if (exponent < 1 || exponent > 30 || (word & 0x1fff) !== 0) throw new RangeError('no exact half')
  return ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 0x3ff)
}

export function storeAll(weights: WeightTensors, dtype: StoredAs): Map<string, RawTensor> {
  return new Map([...weights].map(([name, { shape, data }]) => [name, store(data, shape, dtype)]))
}

export function encodeRaw(tensors: ReadonlyMap<string, RawTensor>): Uint8Array {
  let at = 0
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true)
  return Buffer.concat([length, json, ...[...tensors.values()].map(({ bytes }) => bytes)])
}

/** Writes a Hugging Face directory; in `shards` files with an index, where there are several. */
export async function writeHubDirectory(
  dir: string,
  parts: {
    readonly config: object
    readonly tokenizer: string
    readonly tensors: ReadonlyMap<string, RawTensor>
    readonly generation?: object
    readonly shards?: number
  },
): Promise<void> {
  const { config, tokenizer, tensors, generation, shards = 1 } = parts
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'config.json'), JSON.stringify(config))
  await writeFile(join(dir, 'tokenizer.json'), tokenizer)
  if (generation) await writeFile(join(dir, 'generation_config.json'), JSON.stringify(generation))
  if (shards === 1) {
    await writeFile(join(dir, 'model.safetensors'), encodeRaw(tensors))
    return
  }
  const map: Record<string, string> = {}
  for (let shard = 0; shard < shards; shard++) {
    const name = `model-0000${shard + 1}-of-0000${shards}.safetensors`
    const own = new Map([...tensors].filter((_, i) => i % shards === shard))
    for (const tensor of own.keys()) map[tensor] = name
    await writeFile(join(dir, name), encodeRaw(own))
  }
  await writeFile(
    join(dir, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: {}, weight_map: map }),
  )
}
