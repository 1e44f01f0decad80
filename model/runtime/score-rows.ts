import type { Distribution } from '../../shared/protocol/distribution.ts'
import type { ArchitectureConfig } from '../architecture/config.ts'
import type { Engine, EngineTensor } from '../engine/engine.ts'
import { paddedLength } from '../padding.ts'
import type { TeacherForced } from '../session.ts'
import { requireLength, requirePrompt, requireTokens } from './bounds.ts'
import { DISTRIBUTION_OUTPUTS, distributionAt } from './distributions.ts'

type Visit<At> = (row: number, step: number, at: At) => void

/** What a graph with the score graph's inputs gives, and how to look at position `index` of it. */
export interface ScoreOutputs<At> {
  readonly names: readonly string[]
  read(results: Readonly<Record<string, EngineTensor>>, index: number, config: ArchitectureConfig): At
}

export const DISTRIBUTIONS: ScoreOutputs<Distribution> = {
  names: DISTRIBUTION_OUTPUTS,
  read: (results, index, { vocabulary }) => distributionAt(results, index, vocabulary),
}

/** Bounds on one run, padding included: together they keep the peak of activations and outputs low. */
const MAX_TOKENS_A_RUN = 4096
const MAX_OUTPUT_NUMBERS = 1 << 20

export async function scoreRows<At>(
  engine: Engine,
  config: ArchitectureConfig,
  outputs: ScoreOutputs<At>,
  rows: readonly TeacherForced[],
  visit: Visit<At>,
): Promise<void> {
  rows.forEach(({ prompt, completion }, row) => {
    requirePrompt(config, row, prompt)
    requireTokens(config, row, completion)
    requireLength(config, row, prompt.length + completion.length)
  })
  let from = 0
  while (from < rows.length) {
    const to = endOfRun(rows, from, config.vocabulary)
    await scoreRun(engine, config, outputs, rows, from, to, visit)
    from = to
  }
}

/** Takes consecutive rows while they fit, and always at least one. */
function endOfRun(rows: readonly TeacherForced[], from: number, vocabulary: number): number {
  let longest = 0
  let outputs = 0
  let to = from
  for (; to < rows.length; to++) {
    const { prompt, completion } = rows[to]
    longest = Math.max(longest, paddedLength(prompt.length + completion.length))
    outputs += completion.length * vocabulary
    const fits = (to - from + 1) * longest <= MAX_TOKENS_A_RUN && outputs <= MAX_OUTPUT_NUMBERS
    if (!fits && to > from) break
  }
  return to
}

async function scoreRun<At>(
  engine: Engine,
  config: ArchitectureConfig,
  outputs: ScoreOutputs<At>,
  rows: readonly TeacherForced[],
  from: number,
  to: number,
  visit: Visit<At>,
): Promise<void> {
  const chunk = rows.slice(from, to)
  const length = paddedLength(Math.max(...chunk.map((row) => row.prompt.length + row.completion.length)))
  const tokens = new Int32Array(chunk.length * length)
  const positions: number[] = []
  chunk.forEach(({ prompt, completion }, r) => {
    tokens.set(prompt, r * length)
    tokens.set(completion, r * length + prompt.length)
    for (let step = 0; step < completion.length; step++) positions.push(r * length + prompt.length + step - 1)
  })
  if (positions.length === 0) return
  const results = await engine.run(
    {
      tokens: { data: tokens, shape: [chunk.length, length] },
      rows: { data: Int32Array.from(positions), shape: [positions.length] },
    },
    outputs.names,
  )
  let index = 0
  chunk.forEach(({ completion }, r) => {
    for (let step = 0; step < completion.length; step++) {
      visit(from + r, step, outputs.read(results, index++, config))
    }
  })
}
