import type { Assignment } from './contest.ts'

/** What an answer took. A type, so that it can be read by name. */
export type AnswerFigures = {
  /** From the first prompt token to the first new token of every row. */
  readonly promptMs: number
  /** New tokens a second, the reading of the prompts included. */
  readonly tokensPerSecond: number
  /** New tokens a second once every row has its first. */
  readonly decodeTokensPerSecond: number
  /** Processor time of all threads for each of these. */
  readonly decodeCpuMsPerToken: number
}

/** Told of every token, in whatever order rows get theirs. */
export interface TokenClock {
  count(row: number): void
  /**
   * When the answer is complete, with all that belongs to it.
   * @throws Error when a row got another number of tokens than it was asked for: its figures would compare nothing
   */
  read(): AnswerFigures
}

export function startTokenClock({ prompts, newTokens }: Assignment): TokenClock {
  const startedMs = performance.now()
  const counts = prompts.map(() => 0)
  let total = 0
  let waiting = prompts.length
  let first = { ms: 0, cpuMs: 0, tokens: 0 }
  return {
    count(row) {
      total += 1
      counts[row] += 1
      if (counts[row] === 1) waiting -= 1
      if (counts[row] === 1 && waiting === 0) first = { ms: performance.now(), cpuMs: cpuMs(), tokens: total }
    },
    read() {
      const wrong = counts.findIndex((count) => count !== newTokens)
      if (wrong >= 0) throw new Error(`row ${wrong} got ${counts[wrong]} tokens, not ${newTokens}`)
      const last = { ms: performance.now(), cpuMs: cpuMs() }
      const decoded = total - first.tokens
      return {
        promptMs: first.ms - startedMs,
        tokensPerSecond: (1000 * total) / (last.ms - startedMs),
        decodeTokensPerSecond: (1000 * decoded) / (last.ms - first.ms),
        decodeCpuMsPerToken: (last.cpuMs - first.cpuMs) / decoded,
      }
    },
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
