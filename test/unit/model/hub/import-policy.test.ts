import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatConfig, parseConfig } from '../../../../model/architecture/config.ts'
import type { WeightTensors } from '../../../../model/architecture/inference-graphs.ts'
import { EMBEDDING, HEAD } from '../../../../model/architecture/parameters.ts'
import { createCheckpoint } from '../../../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../../../model/checkpoint/numerics.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../../../model/checkpoint/write-checkpoint.ts'
import { exportPolicy } from '../../../../model/hub/export-policy.ts'
import { importPolicy } from '../../../../model/hub/import-policy.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import {
  encodeRaw,
  plainTokenizer,
  type RawTensor,
  store,
  storeAll,
  writeHubDirectory,
} from '../../../helpers/hub-directory.ts'
import { policies } from '../../../helpers/hub-policies.ts'
import { importChoices } from '../../../helpers/import-choices.ts'
import vectors from '../../../vectors/hub.json' with { type: 'json' }
import { randomWeights } from '../small-policy.ts'

const families = Object.keys(policies) as (keyof typeof policies)[]
const weightsOf = (family: keyof typeof policies) => randomWeights(parseConfig(policies[family]), 7)

let root: string
let next = 0
const fresh = () => join(root, String(next++))
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hub-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Every number of few enough bits for the type, so that it is stored exactly. */
function coarse(weights: WeightTensors, step: number): WeightTensors {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((number) => Math.round(number / step) * step) },
    ]),
  )
}

async function write(changes: Partial<Parameters<typeof writeHubDirectory>[1]> = {}): Promise<string> {
  const dir = fresh()
  await writeHubDirectory(dir, {
    config: policies.llama,
    tokenizer: plainTokenizer(53),
    tensors: storeAll(weightsOf('llama'), 'F32'),
    generation: { eos_token_id: [52, 3] },
    ...changes,
  })
  return dir
}

describe('a Hugging Face directory', () => {
  it.each(families)('of %s gives the log-probabilities that its own library computes', async (family) => {
    const config = policies[family]
    const dir = await write({ config, tensors: storeAll(weightsOf(family), 'F32') })
    const session = await openSession(await importPolicy(dir, importChoices), 'fast')
    const [first, ...rest] = vectors.tokens
    let compared = 0
    // The distribution after token p is the one that token p + 1 is drawn from.
    await session.score([{ prompt: [first], completion: [...rest, 0] }], (_, step, { logProbabilities }) => {
      const expected = vectors.logProbabilities[family][vectors.positions.indexOf(step)]
      if (expected === undefined) return
      compared++
      expect(
        Math.max(...expected.map((value, token) => Math.abs(value - logProbabilities[token]))),
      ).toBeLessThan(1e-3)
    })
    await session.close()
    expect(compared).toBe(2)
  })

  it.each([
    ['BF16', 2 ** -6],
    ['F16', 2 ** -6],
    ['F32', 2 ** -20],
  ] as const)('in %s is widened without rounding, from one file or several', async (dtype, step) => {
    const weights = coarse(weightsOf('qwen3'), step)
    const tensors = storeAll(weights, dtype)
    for (const shards of [1, 3]) {
      const dir = await write({ config: policies.qwen3, tensors, shards })
      expect((await importPolicy(dir, importChoices)).weights).toEqual(weights)
    }
  })

  it('takes its end token from generation_config.json, then config.json, then nowhere', async () => {
    const sampled = async (dir: string) => (await importPolicy(dir, importChoices)).manifest.sampling
    expect(await sampled(await write())).toEqual({ temperature: 1, maxTokens: 32, endToken: 52 })
    const config = { ...policies.llama, eos_token_id: 4 }
    expect((await sampled(await write({ config, generation: {} }))).endToken).toBe(4)
    await expect(sampled(await write({ generation: {} }))).rejects.toMatchObject({ code: 'IMPORT_END_TOKEN' })
  })

  it('is asked with examples where they are given, and refused where they fill the context', async () => {
    const dir = await write()
    const asked = (count: number) => ({
      chat: null,
      examples: Array(count).fill({ question: 'a', answer: 'b' }),
    })
    const { manifest } = await importPolicy(dir, { ...importChoices, maxTokens: 8, frame: asked(0) })
    expect(manifest.sampling.frame?.after.length).toBeGreaterThan(0)
    await expect(importPolicy(dir, { ...importChoices, frame: asked(9) })).rejects.toMatchObject({
      code: 'IMPORT_CONTEXT_FULL',
      details: { context: 64, maxTokens: 32 },
    })
  })

  it('loses the rows of its embedding and head that no token has', async () => {
    const weights = weightsOf('llama')
    const checkpoint = await importPolicy(
      await write({ tokenizer: plainTokenizer(50), generation: { eos_token_id: 49 } }),
      importChoices,
    )
    expect(checkpoint.config.vocabulary).toBe(50)
    for (const name of [EMBEDDING, HEAD]) {
      expect(checkpoint.weights.get(name)?.data).toEqual(weights.get(name)?.data.subarray(0, 50 * 36))
    }
  })

  it('may repeat a tied head and carry rotary tables', async () => {
    const weights = weightsOf('smollm2')
    const tensors = storeAll(weights, 'F32')
    const embedding = tensors.get(EMBEDDING) as RawTensor
    tensors.set(HEAD, embedding)
    tensors.set('model.layers.1.self_attn.rotary_emb.inv_freq', store(new Float32Array(4), [4], 'F32'))
    const dir = await write({ config: policies.smollm2, tensors })
    expect((await importPolicy(dir, importChoices)).weights).toEqual(weights)
    tensors.set(HEAD, store(new Float32Array(53 * 36), [53, 36], 'F32'))
    await expect(
      importPolicy(await write({ config: policies.smollm2, tensors }), importChoices),
    ).rejects.toMatchObject({
      code: 'IMPORT_TENSOR_INVALID',
    })
  })

  it('reports its progress in bytes, up to all of them', async () => {
    const seen: number[][] = []
    await importPolicy(await write(), importChoices, (done, total) => seen.push([done, total]))
    expect(seen).toHaveLength(21)
    expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1])
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).toSorted((a, b) => a - b))
  })
})

describe('a round trip', () => {
  it.each(families)('through export and import keeps the weights of %s to the byte', async (family) => {
    const config = parseConfig(policies[family])
    const checkpoint = createCheckpoint({
      config,
      configJson: formatConfig(config),
      weights: weightsOf(family),
      tokenizerJson: plainTokenizer(53),
      ...{ sampling: { temperature: 1, maxTokens: 32, endToken: 52 } },
      environment: importChoices.environment,
      ...{ numerics: numericsOf('fast').numerics, parent: null },
    })
    const dir = fresh()
    await exportPolicy(dir, checkpoint)
    const back = await importPolicy(dir, importChoices)
    expect(back.manifestHash).toBe(checkpoint.manifestHash)
    const written = fresh()
    await writeCheckpoint(written, back)
    expect((await readCheckpoint(written)).manifest).toEqual(checkpoint.manifest)
  })
})

describe('refuses', () => {
  const norm = 'model.layers.1.input_layernorm.weight'
  const changed = (change: (tensors: Map<string, RawTensor>) => void) => async () => {
    const tensors = storeAll(weightsOf('llama'), 'F32')
    change(tensors)
    return write({ tensors })
  }
  const broken =
    (change: (dir: string) => Promise<void>, shards = 1) =>
    async () => {
      const dir = await write({ shards })
      await change(dir)
      return dir
    }
  const ones = (number: number) => store(new Float32Array(36).fill(1).with(35, number), [36], 'F32')
  const index = 'model.safetensors.index.json'

  it.each<[string, () => Promise<string>, string, string]>([
    [
      'another architecture',
      () => write({ config: { ...policies.llama, model_type: 'mamba' } }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'mamba',
    ],
    [
      'a scaled rotation',
      () => write({ config: { ...policies.llama, rope_parameters: { rope_theta: 1, rope_type: 'yarn' } } }),
      'POLICY_ARCHITECTURE_UNSUPPORTED',
      'yarn',
    ],
    ['a missing tensor', changed((t) => t.delete(norm)), 'IMPORT_TENSOR_MISSING', norm],
    [
      'a tensor that no layer has',
      changed((t) => t.set('model.layers.9.x', ones(1))),
      'IMPORT_TENSOR_UNEXPECTED',
      'model.layers.9.x',
    ],
    [
      'a tensor of another shape',
      changed((t) => t.set(norm, store(new Float32Array(35), [35], 'F32'))),
      'IMPORT_TENSOR_INVALID',
      norm,
    ],
    ['NaN', changed((t) => t.set(norm, ones(Number.NaN))), 'IMPORT_TENSOR_INVALID', 'NaN at element 35'],
    [
      'an infinity',
      changed((t) => t.set(norm, ones(Number.POSITIVE_INFINITY))),
      'IMPORT_TENSOR_INVALID',
      norm,
    ],
    [
      'quantised weights',
      changed((t) => t.set(norm, { dtype: 'I8', shape: [36], bytes: new Uint8Array(36) })),
      'IMPORT_TENSOR_INVALID',
      'I8',
    ],
    [
      'a tokenizer of another policy',
      () => write({ tokenizer: plainTokenizer(54), generation: { eos_token_id: 1 } }),
      'IMPORT_TOKENIZER_MISMATCH',
      '54',
    ],
    [
      'an end token that no token is',
      () => write({ generation: { eos_token_id: 99 } }),
      'TOKENIZER_MALFORMED',
      '99',
    ],
    [
      'a file cut short',
      broken((dir) => truncate(join(dir, 'model.safetensors'), 9000)),
      'IMPORT_FILE_MALFORMED',
      'model.safetensors',
    ],
    [
      'an empty file',
      broken((dir) => truncate(join(dir, 'model.safetensors'), 0)),
      'IMPORT_FILE_MALFORMED',
      'too few',
    ],
    [
      'a missing shard',
      broken((dir) => rm(join(dir, 'model-00002-of-00003.safetensors')), 3),
      'IMPORT_FILE_MISSING',
      '00002',
    ],
    [
      'a shard without what the index says',
      broken((dir) => writeFile(join(dir, 'model-00002-of-00003.safetensors'), encodeRaw(new Map())), 3),
      'IMPORT_TENSOR_MISSING',
      '00002',
    ],
    [
      'an index that leads elsewhere',
      broken(
        (dir) => writeFile(join(dir, index), JSON.stringify({ weight_map: { a: '../model.safetensors' } })),
        3,
      ),
      'IMPORT_FILE_MALFORMED',
      '../',
    ],
    [
      'a directory without config.json',
      broken((dir) => rm(join(dir, 'config.json'))),
      'IMPORT_FILE_MISSING',
      'config.json',
    ],
    [
      'a config.json that is none',
      broken((dir) => writeFile(join(dir, 'config.json'), '{')),
      'IMPORT_FILE_MALFORMED',
      'config.json',
    ],
  ])('%s', async (_, make, code, named) => {
    const dir = await make()
    await expect(importPolicy(dir, importChoices)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(named),
    })
  })

  it('to write over a directory', async () => {
    const dir = await write()
    const before = await readFile(join(dir, 'config.json'))
    const checkpoint = await importPolicy(dir, importChoices)
    await expect(exportPolicy(dir, checkpoint)).rejects.toMatchObject({ code: 'CHECKPOINT_EXISTS' })
    expect(await readFile(join(dir, 'config.json'))).toEqual(before)
  })
})
