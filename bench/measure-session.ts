import type { Checkpoint } from '../model/checkpoint/checkpoint.ts'
import type { NumericsProfile } from '../model/engine/engine.ts'
import { openSession } from '../model/runtime/open-session.ts'
import type { TeacherForced } from '../model/session.ts'

export interface SessionMeasurement {
  readonly profile: NumericsProfile
  readonly openMs: number
  /** Completion tokens a second. */
  readonly decodeTokensPerSecond: number
  /** Completion tokens a second, and all tokens that the pass reads, prompts included. */
  readonly scoreTokensPerSecond: number
  readonly scoredSequenceTokensPerSecond: number
  /** The process's largest resident memory so far. */
  readonly peakMemoryBytes: number
}

/** Engines compile and allocate on their first runs; the figures are those of the last repetition. */
const REPETITIONS = 2

/**
 * Decodes `prompts` for `completionTokens` each, without an end, and scores the result, on the calling thread.
 * Tokens follow a fixed pattern, so that the cost of choosing one is not measured.
 */
export async function measureSession(
  checkpoint: Checkpoint,
  profile: NumericsProfile,
  prompts: readonly (readonly number[])[],
  completionTokens: number,
): Promise<SessionMeasurement> {
  const opening = performance.now()
  const session = await openSession(checkpoint, profile)
  const openMs = performance.now() - opening
  const limits = { maxTokens: completionTokens, endToken: -1 }
  const tokens = prompts.length * completionTokens
  const read = tokens + prompts.reduce((sum, prompt) => sum + prompt.length, 0)
  let decodeMs = 0
  let scoreMs = 0
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const decoding = performance.now()
    const completions = await session.generate(
      prompts,
      limits,
      (row, step) => (row + step) % session.vocabulary,
    )
    const scoring = performance.now()
    const rows: TeacherForced[] = prompts.map((prompt, row) => ({
      prompt,
      completion: completions[row] as number[],
    }))
    await session.score(rows, () => {})
    decodeMs = scoring - decoding
    scoreMs = performance.now() - scoring
  }
  await session.close()
  return {
    profile,
    openMs,
    decodeTokensPerSecond: (1000 * tokens) / decodeMs,
    scoreTokensPerSecond: (1000 * tokens) / scoreMs,
    scoredSequenceTokensPerSecond: (1000 * read) / scoreMs,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}
