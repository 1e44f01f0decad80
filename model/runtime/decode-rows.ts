import type { ArchitectureConfig } from '../architecture/config.ts'
import type { Engine } from '../engine/engine.ts'
import { paddedLength } from '../padding.ts'
import type { GenerateLimits, PolicySession } from '../session.ts'
import { requireLength, requirePrompt, requireTokens } from './bounds.ts'
import { type Cache, emptyCache, grownNames, readCache, rearrangeCache } from './cache.ts'
import { DISTRIBUTION_OUTPUTS, distributionAt } from './distributions.ts'

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
  let rows = batch
  const width = Math.max(...rows.map((row) => row.length))
  const tokens = new Int32Array(rows.length * width)
  rows.forEach((row, r) => {
    tokens.set(prompts[row.index] as readonly number[], r * width)
  })
  const starts = new BigInt64Array(rows.length)
  const lastOfPrompt = rows.map((row, r) => r * width + row.length - 1)
  let cache = emptyCache(config, rows.length, paddedLength(width + GROWTH))
  cache = await advance(engine, config, rows, cache, tokens, starts, lastOfPrompt, limits, choose)

  while (rows.some((row) => row.running)) {
    const room = Math.max(...rows.map((row) => row.length))
    const alive = rows.flatMap((row, r) => (row.running ? [r] : []))
    const kept = alive.length <= rows.length * COMPACT_AT ? alive : rows.map((_, r) => r)
    const capacity = room > cache.capacity ? paddedLength(room + GROWTH) : cache.capacity
    if (kept.length < rows.length || capacity > cache.capacity) {
      cache = rearrangeCache(config, cache, kept, capacity)
      rows = kept.map((r) => rows[r])
    }
    const next = Int32Array.from(rows, (row) => row.completion.at(-1) as number)
    const positions = BigInt64Array.from(rows, (row) => BigInt(row.length - 1))
    cache = await advance(
      engine,
      config,
      rows,
      cache,
      next,
      positions,
      rows.map((_, r) => r),
      limits,
      choose,
    )
  }
}

/**
 * Runs the decode graph once and appends one token to every running row. A finished row that still rides along
 * repeats its last step; nobody reads the result.
 */
async function advance(
  engine: Engine,
  config: ArchitectureConfig,
  rows: readonly Row[],
  cache: Cache,
  tokens: Int32Array,
  starts: BigInt64Array,
  positions: readonly number[],
  limits: GenerateLimits,
  choose: Choose,
): Promise<Cache> {
  const results = await engine.run(
    {
      tokens: { data: tokens, shape: [rows.length, tokens.length / rows.length] },
      start: { data: starts, shape: [rows.length] },
      rows: { data: Int32Array.from(positions), shape: [rows.length] },
      ...cache.tensors,
    },
    [...DISTRIBUTION_OUTPUTS, ...grownNames(config)],
  )
  rows.forEach((row, r) => {
    if (!row.running) return
    const token = choose(row.index, row.completion.length, distributionAt(results, r, config.vocabulary))
    requireTokens(config, row.index, [token])
    row.completion.push(token)
    row.length += 1
    row.running = token !== limits.endToken && row.completion.length < limits.maxTokens
  })
  return readCache(config, cache.capacity, results)
}
