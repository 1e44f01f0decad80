import type { StepCount } from '../learner/take-update.ts'

/** One line that counts up, for whoever watches a terminal; nothing anywhere else. */
export function showSteps({ taken, of }: StepCount): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\rstep ${taken} of ${of}${taken === of ? '\n' : ''}`)
}
