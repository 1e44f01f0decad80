import type { Branch } from './mark-branches.ts'

export interface BranchCoverage {
  /** Two for each condition. */
  readonly outcomes: number
  readonly covered: number
  /** One line for each outcome that no test has. */
  readonly uncovered: readonly string[]
}

/** @param executed tags that the tests left */
export function coverBranches(branches: readonly Branch[], executed: ReadonlySet<string>): BranchCoverage {
  const uncovered = branches.flatMap(({ path, line, kind, text, tags }) =>
    (['holds', 'fails'] as const)
      .filter((outcome) => !executed.has(tags[outcome]))
      .map((outcome) => `${path}:${line} ${kind} never ${outcome}: ${text}`),
  )
  const outcomes = 2 * branches.length
  return { outcomes, covered: outcomes - uncovered.length, uncovered }
}
