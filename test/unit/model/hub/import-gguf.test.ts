import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../../../model/architecture/config.ts'
import { EMBEDDING } from '../../../../model/architecture/parameters.ts'
import { dequantise } from '../../../../model/hub/dequantise.ts'
import { importPolicy } from '../../../../model/hub/import-policy.ts'
import { readTensor } from '../../../../model/hub/read-tensor.ts'
import { encodeGguf, type GgufParts, ggufOf, plainGgufTokenizer } from '../../../helpers/gguf-file.ts'
import { policies } from '../../../helpers/hub-policies.ts'
import { importChoices } from '../../../helpers/import-choices.ts'
import vectors from '../../../vectors/gguf.json' with { type: 'json' }
import { createRandom, randomWeights } from '../small-policy.ts'

const families = Object.keys(policies) as (keyof typeof policies)[]

let root: string
let next = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gguf-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

function partsOf(family: keyof typeof policies): GgufParts {
  const config = parseConfig(policies[family])
  return ggufOf(config, randomWeights(config, 7), plainGgufTokenizer(53))
}

async function write(bytes: Uint8Array): Promise<string> {
  const path = join(root, `${next++}.gguf`)
  await writeFile(path, bytes)
  return path
}

describe('a GGUF file', () => {
  it.each(families)('of %s gives the configuration and the weights it was made from', async (family) => {
    const config = parseConfig(policies[family])
    const checkpoint = await importPolicy(await write(encodeGguf(partsOf(family))), importChoices)
    expect(checkpoint.config).toEqual(config)
    expect(checkpoint.weights).toEqual(randomWeights(config, 7))
    expect(checkpoint.manifest.sampling).toEqual({ temperature: 1, maxTokens: 32, endToken: 52 })
  })

  it('may hold quantised tensors among others, and rows that only pad', async () => {
    const { metadata, tensors } = partsOf('qwen2')
    const random = createRandom(3)
    const blocks = Uint8Array.from({ length: 56 * 34 }, () => Math.floor(random() * 64))
    const quantised = tensors.map(([name, tensor]): (typeof tensors)[number] =>
      name === 'token_embd.weight'
        ? [name, { type: 'Q8_0', shape: [56, 32], bytes: blocks }]
        : [name, tensor],
    )
    const { config, weights } = await importPolicy(
      await write(encodeGguf({ metadata, tensors: quantised })),
      importChoices,
    )
    const expected = new Float32Array(56 * 32)
    dequantise(blocks, 'Q8_0', expected)
    expect(config.vocabulary).toBe(53)
    expect(weights.get(EMBEDDING)?.data).toEqual(expected.subarray(0, 53 * 32))
  })

  it('has the rows of queries and keys in the order that llama.cpp’s converter puts them in', async () => {
    const { heads, order } = vectors.pairedRows
    const path = await write(new Uint8Array(Float32Array.from(order).buffer))
    const file = await open(path, 'r')
    const stored = { path, file, type: 'F32', shape: [16, 1], from: 0, pairedHeads: heads } as const
    const rows = await readTensor('q', stored, 16).finally(() => file.close())
    expect(Array.from(rows)).toEqual(Array.from({ length: 16 }, (_, i) => i))
  })
})

describe('refuses a GGUF file', () => {
  const norm = 'blk.1.attn_norm.weight'
  const renamed = 'model.layers.1.input_layernorm.weight'
  const llama = () => partsOf('llama')
  const said = (changes: GgufParts['metadata']) => () => {
    const { metadata, tensors } = llama()
    return encodeGguf({ metadata: { ...metadata, ...changes }, tensors })
  }
  const changed = (change: (tensors: GgufParts['tensors']) => GgufParts['tensors']) => () => {
    const { metadata, tensors } = llama()
    return encodeGguf({ metadata, tensors: change(tensors) })
  }
  const floats = (numbers: Float32Array) => new Uint8Array(numbers.buffer)
  const vector = (numbers: Float32Array) =>
    ({ type: 'F32', shape: [numbers.length], bytes: floats(numbers) }) as const
  const replaced = (tensor: GgufParts['tensors'][number][1]) =>
    changed((tensors) => tensors.map(([name, old]) => [name, name === norm ? tensor : old]))
  const cut = (bytes: number) => () => {
    const whole = encodeGguf(llama())
    return whole.subarray(0, bytes < 0 ? whole.length + bytes : bytes)
  }

  it.each<[string, () => Uint8Array, string, string]>([
    [
      'of another architecture',
      said({ 'general.architecture': 'gemma3' }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'gemma3',
    ],
    ['of experts', said({ 'llama.expert_count': 8 }), 'POLICY_ARCHITECTURE_UNSUPPORTED', 'expert_count'],
    [
      'of a scaled rotation',
      said({ 'llama.rope.scaling.type': 'yarn' }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'yarn',
    ],
    [
      'of a partial rotation',
      said({ 'llama.rope.dimension_count': 6 }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'rope.dimension_count is 6',
    ],
    [
      'that does not say how wide it is',
      said({ 'llama.embedding_length': 'wide' }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'embedding_length',
    ],
    ['cut in its data', cut(-100), 'IMPORT_FILE_MALFORMED', 'would end at byte'],
    ['cut in its header', cut(900), 'IMPORT_FILE_MALFORMED', '.gguf'],
    ['that is empty', cut(0), 'IMPORT_FILE_MALFORMED', 'magic number'],
    ['that is none', () => Buffer.from('not a model'.repeat(99)), 'IMPORT_FILE_MALFORMED', 'magic number'],
    [
      'that holds a tensor twice',
      changed((tensors) => [...tensors, tensors[3]]),
      'IMPORT_FILE_MALFORMED',
      'twice',
    ],
    [
      'without its embedding',
      changed((tensors) => tensors.filter(([name]) => name !== 'token_embd.weight')),
      'IMPORT_TENSOR_MISSING',
      'token_embd.weight',
    ],
    [
      'that lacks a tensor',
      changed((tensors) => tensors.filter(([name]) => name !== norm)),
      'IMPORT_TENSOR_MISSING',
      renamed,
    ],
    [
      'with one that no layer has',
      changed((tensors) => [...tensors, ['rope_freqs.weight', vector(new Float32Array(6))]]),
      'IMPORT_TENSOR_UNEXPECTED',
      'rope_freqs.weight',
    ],
    ['with one of another shape', replaced(vector(new Float32Array(32))), 'IMPORT_TENSOR_INVALID', renamed],
    [
      'that holds NaN',
      replaced(vector(new Float32Array(36).with(35, Number.NaN))),
      'IMPORT_TENSOR_INVALID',
      'NaN at element 35',
    ],
    [
      'in a quantisation it does not know',
      replaced({ type: 'Q2_K', shape: [256], bytes: new Uint8Array(84) }),
      'IMPORT_TENSOR_INVALID',
      'Q2_K',
    ],
    [
      'with rows of broken blocks',
      replaced({ type: 'Q8_0', shape: [36], bytes: new Uint8Array(68) }),
      'IMPORT_FILE_MALFORMED',
      'no whole blocks of 32',
    ],
    [
      'with more tokens than rows',
      said(plainGgufTokenizer(54)),
      'IMPORT_TOKENIZER_MISMATCH',
      '54 tokens, the embedding 53 rows',
    ],
    [
      'of a tokenizer it cannot rebuild',
      said({ 'tokenizer.ggml.model': 'llama' }),
      'IMPORT_TOKENIZER_UNSUPPORTED',
      'llama',
    ],
  ])('%s', async (_, make, code, named) => {
    await expect(importPolicy(await write(make()), importChoices)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(named),
    })
  })
})
