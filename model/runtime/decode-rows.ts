import type { ArchitectureConfig } from '../architecture/config.ts'
import type { Engine } from '../engine/engine.ts'
import { paddedLength } from '../padding.ts'
import type { GenerateLimits, PolicySession } from '../session.ts'
import { requireLength, requirePrompt, requireTokens } from './bounds.ts'
import { type Cache, emptyCache, grownNames, overCache, readCache, rearrangeCache } from './cache.ts'
import { distinctPrompts } from './distinct-prompts.ts'
import {
  DISTRIBUTION_OUTPUTS,
  distributionAt,
  distributionScratch,
  type Results,
  type Scratch,
} from './distributions.ts'

type Choose = Parameters<PolicySession['generate']>[2]

/** Rows decoded together; more gains no speed on one thread and only holds more cache. */
const MAX_ROWS = 64
/** Capacity grows by this many positions, so that short completions move little memory. */
const GROWTH = 32
/** Finished rows are dropped from the batch once at most this share of it is still running. */
const COMPACT_AT = 0.75

interface Row {
  /** Index of its prompt. */
  readonly index: number
  readonly completion: number[]
  /** Tokens so far, prompt included. */
  length: number
  running: boolean
}

export async function decodeRows(
  engine: Engine,
  config: ArchitectureConfig,
  prompts: readonly (readonly number[])[],
  limits: GenerateLimits,
  choose: Choose,
): Promise<number[][]> {
  prompts.forEach((prompt, row) => {
    requirePrompt(config, row, prompt)
    requireLength(config, row, prompt.length + limits.maxTokens)
  })
  const completions: number[][] = prompts.map(() => [])
  if (limits.maxTokens < 1) return completions
  for (let from = 0; from < prompts.length; from += MAX_ROWS) {
    const rows = prompts.slice(from, from + MAX_ROWS).map((prompt, r) => ({
      index: from + r,
      completion: completions[from + r],
      length: prompt.length,
      running: true,
    }))
    await decodeBatch(engine, config, prompts, rows, limits, choose)
  }
  return completions
}

async function decodeBatch(
  engine: Engine,
  config: ArchitectureConfig,
  prompts: readonly (readonly number[])[],
  batch: readonly Row[],
  limits: GenerateLimits,
  choose: Choose,
): Promise<void> {
  const batched: Batch = {
    engine,
    config,
    limits,
    choose,
    scratch: distributionScratch(config, batch.length),
  }
  const { distinct, indices } = distinctPrompts(batch.map((row) => prompts[row.index]))
  let cache = await readPrompts(batched, distinct, batch, indices)
  let rows = batch
  if (distinct.length < rows.length) cache = rearrangeCache(config, cache, indices, cache.capacity)

  while (rows.some((row) => row.running)) {
    const room = Math.max(...rows.map((row) => row.length))
    const alive = rows.flatMap((row, r) => (row.running ? [r] : []))
    const kept = alive.length <= rows.length * COMPACT_AT ? alive : rows.map((_, r) => r)
    const capacity = room > cache.capacity ? paddedLength(room + GROWTH) : cache.capacity
    if (kept.length < rows.length || capacity > cache.capacity) {
      cache = rearrangeCache(config, cache, kept, capacity)
      rows = kept.map((r) => rows[r])
    }
    const tokens = Int32Array.from(rows, (row) => row.completion.at(-1) as number)
    const starts = BigInt64Array.from(rows, (row) => BigInt(row.length - 1))
    const all = rows.map((_, r) => r)
    const run = await runStep(batched, cache, tokens, starts, all)
    cache = run.cache
    append(batched, rows, run.results, all)
  }
}

/** What stays the same in all steps of a batch. */
interface Batch {
  readonly engine: Engine
  readonly config: ArchitectureConfig
  readonly limits: GenerateLimits
  readonly choose: Choose
  readonly scratch: Scratch
}

/** Reads every distinct prompt once, whoever shares it, and gives all rows their first token. */
async function readPrompts(
  batched: Batch,
  distinct: readonly (readonly number[])[],
  rows: readonly Row[],
  indices: readonly number[],
): Promise<Cache> {
  const width = Math.max(...distinct.map((prompt) => prompt.length))
  const tokens = new Int32Array(distinct.length * width)
  distinct.forEach((prompt, p) => {
    tokens.set(prompt, p * width)
  })
  const lastOfPrompt = distinct.map((prompt, p) => p * width + prompt.length - 1)
  const starts = new BigInt64Array(distinct.length)
  const empty = emptyCache(batched.config, distinct.length, paddedLength(width + GROWTH))
  const { cache, results } = await runStep(batched, empty, tokens, starts, lastOfPrompt)
  append(batched, rows, results, indices)
  return cache
}

/** Runs the decode graph once; the grown cache lies where the given one lay. */
async function runStep(
  { engine, config, scratch }: Batch,
  cache: Cache,
  tokens: Int32Array,
  starts: BigInt64Array,
  positions: readonly number[],
): Promise<{ cache: Cache; results: Results }> {
  const rows = starts.length
  const results = await engine.run(
    {
      tokens: { data: tokens, shape: [rows, tokens.length / rows] },
      start: { data: starts, shape: [rows] },
      rows: { data: Int32Array.from(positions), shape: [rows] },
      ...cache.tensors,
    },
    [...DISTRIBUTION_OUTPUTS, ...grownNames(config)],
    { ...scratch(rows), ...overCache(config, cache) },
  )
  return { cache: readCache(config, cache.capacity, results), results }
}

/**
 * Appends one token to every running row. A finished row that still rides along repeats its last step; nobody reads
 * the result. @param indices of the rows' distributions in the results
 */
function append(
  { config, limits, choose }: Batch,
  rows: readonly Row[],
  results: Results,
  indices: readonly number[],
): void {
  rows.forEach((row, r) => {
    if (!row.running) return
    const at = distributionAt(results, indices[r], config.vocabulary)
    const token = choose(row.index, row.completion.length, at)
    requireTokens(config, row.index, [token])
    row.completion.push(token)
    row.length += 1
    row.running = token !== limits.endToken && row.completion.length < limits.maxTokens
  })
}
