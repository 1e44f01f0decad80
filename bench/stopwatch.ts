import type { Policy } from '../model/policy.ts'

/** Milliseconds spent inside a policy's parts while its real users run. */
export interface Stopwatch {
  /** The session's calls, without the callbacks that they make. */
  sessionMs: number
  /** The callbacks: choosing a token, or comparing a position. */
  callbackMs: number
  /** Problems, and their prompts as tokens. */
  challengeMs: number
  /** Completions as text, and the environment's judgement of them. */
  judgeMs: number
}

/** The same policy, with a watch on the parts that a phase cannot be told from outside. */
export function watch(policy: Policy): { policy: Policy; read(): Stopwatch } {
  const { session, codec, environment } = policy
  let times = zero()
  const timed = <Arguments extends unknown[], Result>(
    kind: Exclude<keyof Stopwatch, 'sessionMs'>,
    run: (...given: Arguments) => Result,
  ) => {
    return (...given: Arguments): Result => {
      const startedMs = performance.now()
      const result = run(...given)
      times[kind] += performance.now() - startedMs
      return result
    }
  }
  const timedSession = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    const startedMs = performance.now()
    const callbackMs = times.callbackMs
    const result = await run()
    times.sessionMs += performance.now() - startedMs - (times.callbackMs - callbackMs)
    return result
  }
  const watched: Policy = {
    ...policy,
    session: {
      ...session,
      generate: (prompts, limits, choose) =>
        timedSession(() => session.generate(prompts, limits, timed('callbackMs', choose))),
      score: (rows, visit) => timedSession(() => session.score(rows, timed('callbackMs', visit))),
    },
    codec: {
      ...codec,
      encode: timed('challengeMs', (text) => codec.encode(text)),
      decode: timed('judgeMs', (tokens) => codec.decode(tokens)),
    },
    environment: {
      ...environment,
      generate: timed('challengeMs', (seed) => environment.generate(seed)),
      judge: timed('judgeMs', (problem, text) => environment.judge(problem, text)),
    },
  }
  return {
    policy: watched,
    read() {
      const read = times
      times = zero()
      return read
    },
  }
}

function zero(): Stopwatch {
  return { sessionMs: 0, callbackMs: 0, challengeMs: 0, judgeMs: 0 }
}

/** @returns the result and how long it took in milliseconds */
export async function clock<Result>(run: () => Result | Promise<Result>): Promise<[Result, number]> {
  const startedMs = performance.now()
  const result = await run()
  return [result, performance.now() - startedMs]
}

export function peakMemoryMiB(): number {
  return process.resourceUsage().maxRSS / 1024
}
