import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Delivery } from '../../../../learner/admit-bundle.ts'
import { advantagesOf } from '../../../../learner/advantages.ts'
import { exportParts } from '../../../../learner/export/export-parts.ts'
import { FORMATS, partPath } from '../../../../learner/export/formats.ts'
import { type OfferedPart, type VerifiedPart, verifyPart } from '../../../../learner/export/verified-part.ts'
import { DEFAULT_RECIPE } from '../../../../learner/recipe.ts'
import type { Policy } from '../../../../model/policy.ts'
import {
  answer,
  defaultCheckpoint,
  deliver,
  openCheckpoint,
  withRollout,
} from '../../../helpers/deliveries.ts'

let root: string
let policy: Policy
let deliveries: Delivery[]
let honest: VerifiedPart
let next = 0
const fresh = () => join(root, String(next++))

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'export-'))
  policy = await openCheckpoint(await defaultCheckpoint('fast'))
  const bundles = [await answer(policy, 1, 0), await answer(policy, 1, 2), await answer(policy, 2, 0)]
  deliveries = bundles.map(deliver)
  honest = await verifyPart(policy, deliveries[0])
})
afterAll(async () => {
  await policy.session.close()
  await rm(root, { recursive: true, force: true })
})

async function* offer(given: readonly Delivery[], verified: string[] = []): AsyncGenerator<OfferedPart> {
  for (const delivery of given) {
    const { chainId, subnet, window, miner, root } = delivery.committed
    yield {
      ...{ chainId, subnet, window, miner, root },
      verify() {
        verified.push(`${window}/${miner}`)
        return verifyPart(policy, delivery)
      },
    }
  }
}

async function readRows(path: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) })
}

const numbers = (values: unknown) => Array.from(values as ArrayLike<number>)

describe('an export', () => {
  it.each(FORMATS)(
    'for %s holds every verified rollout with its tokens, log-probabilities and advantage',
    async (format) => {
      const dir = fresh()
      const record = await exportParts(dir, format, offer(deliveries))
      expect(record?.parts.map(({ groups, rollouts }) => [groups, rollouts])).toEqual(Array(3).fill([3, 24]))
      const rows = await readRows(join(dir, partPath(format, { window: 1, miner: 0 })))
      const names = {
        trl: ['prompt_ids', 'completion_ids', 'old_per_token_logps', 'advantages', 'reward'],
        verl: ['prompts', 'responses', 'rollout_log_probs', 'advantages', 'rewards'],
        'prime-rl': ['input_tokens', 'output_tokens', 'output_logprobs', 'advantages', 'rewards'],
      }[format]
      const expected = honest.groups.flatMap(({ admitted }) => {
        const advantages = advantagesOf(admitted, DEFAULT_RECIPE.signal)
        return admitted.rollouts.map(({ tokens, logProbabilities, judged }, r) => [
          admitted.prompt,
          tokens,
          logProbabilities,
          Math.fround(advantages?.[r] ?? 0),
          Math.fround(judged.reward / 1e6),
        ])
      })
      const found = rows.map((row) =>
        names.map((name) => (typeof row[name] === 'number' ? row[name] : numbers(row[name]))),
      )
      expect(found).toEqual(expected)
      expect(new Set(found.map(([, , , advantage]) => advantage)).size).toBeGreaterThan(1)
    },
  )

  it('for trl says where every rollout comes from', async () => {
    const dir = fresh()
    await exportParts(dir, 'trl', offer(deliveries))
    const [first] = await readRows(join(dir, partPath('trl', { window: 2, miner: 0 })))
    expect(first).toMatchObject({
      checkpoint: policy.manifestHash,
      group: '2/0/0',
      window: 2,
      miner: 0,
      rollout: 0,
    })
    expect(policy.codec.encode(first.prompt as string)).toEqual(numbers(first.prompt_ids))
  })

  it('for verl has the five fields of its dataset', async () => {
    const dir = fresh()
    await exportParts(dir, 'verl', offer(deliveries.slice(0, 1)))
    const [first] = await readRows(join(dir, partPath('verl', { window: 1, miner: 0 })))
    const { prompt, problem } = honest.groups[0]
    expect(first).toMatchObject({
      data_source: 'rollproof/word-problems',
      prompt: [{ role: 'user', content: prompt }],
      ability: 'word-problems',
      reward_model: { style: 'rule', ground_truth: problem },
      extra_info: { split: 'train', index: 0n, group: '1/0/0', checkpoint: policy.manifestHash },
    })
  })

  it("for prime-rl has its schema's columns, in order, and a directory for each step", async () => {
    const dir = fresh()
    await exportParts(dir, 'prime-rl', offer(deliveries))
    const path = join(dir, 'step_2', 'miner-0.parquet')
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(path))
    const top = schema.slice(1).filter(({ name }) => name !== 'list' && name !== 'element')
    const types = top.map(({ name, type, num_children: children }) => `${name} ${children ? 'list' : type}`)
    expect(types.join(', ')).toBe(
      'input_tokens list, output_tokens list, input_logprobs list, output_logprobs list, prompt BYTE_ARRAY, ' +
        'problem_id BYTE_ARRAY, completion BYTE_ARRAY, advantages FLOAT, rewards FLOAT, task_rewards FLOAT, ' +
        'length_penalties FLOAT, proofs BYTE_ARRAY, step INT32, target_lengths INT32, task_type BYTE_ARRAY, ' +
        'seed INT64, temperature FLOAT',
    )
    const [first] = await readRows(path)
    expect(numbers(first.input_logprobs)).toHaveLength(numbers(first.input_tokens).length)
  })

  it('leaves out a bundle with one forged rollout, and says why', async () => {
    const bundle = await answer(policy, 3, 1)
    const forged = deliver(
      withRollout(bundle, 1, 2, ({ reward }) => ({ reward: reward === 0 ? 1_000_000 : 0 })),
    )
    const dir = fresh()
    const record = await exportParts(dir, 'trl', offer([deliveries[0], forged]))
    expect(record?.parts[1]).toMatchObject({ miner: 1, file: null, groups: 0, refused: 'REWARD_MISMATCH' })
    expect((await readdir(dir)).toSorted()).toEqual(['export.json', partPath('trl', { window: 1, miner: 0 })])
  })
})

describe('an export that was stopped', () => {
  async function contents(dir: string): Promise<Record<string, string>> {
    const names = (await readdir(dir)).toSorted()
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name), 'hex')] as const)),
    )
  }

  it('goes on to the same bytes as one that was not, and checks no bundle twice', async () => {
    const whole = fresh()
    await exportParts(whole, 'verl', offer(deliveries))
    const dir = fresh()
    async function* dies() {
      yield* offer(deliveries.slice(0, 2))
      throw new Error('killed')
    }
    await expect(exportParts(dir, 'verl', dies())).rejects.toThrow('killed')
    const verified: string[] = []
    await exportParts(dir, 'verl', offer(deliveries, verified))
    expect(verified).toEqual(['2/0'])
    expect(await contents(dir)).toEqual(await contents(whole))
  })

  it('writes a file again that was written but not recorded, that is gone, or that was changed', async () => {
    const dir = fresh()
    await exportParts(dir, 'trl', offer(deliveries.slice(0, 2)))
    const before = await contents(dir)
    const [first, second, third] = deliveries.map(({ committed }) => join(dir, partPath('trl', committed)))
    await rm(first)
    await writeFile(second, 'half')
    await writeFile(third, 'half')
    const verified: string[] = []
    await exportParts(dir, 'trl', offer(deliveries, verified))
    expect(verified).toEqual(['1/0', '1/2', '2/0'])
    const { 'export.json': _, ...files } = before
    expect(await contents(dir)).toMatchObject(files)
    expect(await readRows(third)).toHaveLength(24)
  })

  it('refuses to go on in another format, on another subnet, or with another answer', async () => {
    const dir = fresh()
    await exportParts(dir, 'trl', offer(deliveries.slice(0, 1)))
    const [first] = deliveries
    const other = (changes: Partial<Delivery['committed']>) =>
      offer([{ ...first, committed: { ...first.committed, ...changes } }])
    const conflict = { code: 'EXPORT_CONFLICT' }
    await expect(exportParts(dir, 'verl', offer(deliveries))).rejects.toMatchObject(conflict)
    await expect(exportParts(dir, 'trl', other({ chainId: 1 }))).rejects.toMatchObject(conflict)
    await expect(exportParts(dir, 'trl', other({ root: `0x${'00'.repeat(32)}` }))).rejects.toMatchObject(
      conflict,
    )
    await writeFile(join(dir, 'export.json'), '{')
    await expect(exportParts(dir, 'trl', offer(deliveries))).rejects.toMatchObject(conflict)
  })

  it('says where it cannot write', async () => {
    const file = fresh()
    await writeFile(file, '')
    await expect(exportParts(join(file, 'below'), 'trl', offer(deliveries))).rejects.toMatchObject({
      code: expect.stringMatching(/^EXPORT_/),
    })
  })
})
