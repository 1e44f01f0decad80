import { sat, writeAssignment } from '../../shared/environments/sat.ts'
import {
  apply,
  MAX_VALUE,
  type Step,
  wordProblems,
  writeSolution,
} from '../../shared/environments/word-problems.ts'
import { createDraw, type Draw } from '../../shared/protocol/draw.ts'

export interface Demonstration {
  readonly prompt: string
  readonly completion: string
}

/** Stream 0 of a seed draws the problem; this one draws the mistakes. */
const MISTAKES = 1
const SHARES = 1_000_000

/**
 * A problem and a completion to imitate. Without noise it is right. With noise, every step of a word problem has
 * a wrong result with that probability, the steps after it go on from the wrong number, and the answer is the
 * last number; a SAT problem has an assignment drawn at random, which may happen to satisfy it. A policy warmed
 * up on noisy demonstrations can do more than it samples: that leaves reinforcement learning something to find.
 *
 * @param seed 32 bytes; same seed, same problem as the environment's, whatever the noise
 * @param options.noise 0 … 1
 */
export function demonstrate(
  environmentId: 'word-problems' | 'sat',
  seed: Uint8Array,
  options: { readonly noise: number },
): Demonstration {
  const draw = createDraw(seed, MISTAKES)
  const isMistake = (): boolean => draw.below(SHARES) < options.noise * SHARES
  if (environmentId === 'sat') {
    const { prompt, data } = sat.generate(seed)
    const assignment = isMistake() ? draw.below(1 << data.variables) : data.witness
    return { prompt, completion: writeAssignment(data.variables, assignment) }
  }
  const { prompt, data } = wordProblems.generate(seed)
  return { prompt, completion: writeSolution(withMistakes(data.steps, draw, isMistake)) }
}

function withMistakes(steps: readonly Step[], draw: Draw, isMistake: () => boolean): Step[] {
  const written: Step[] = []
  let value = steps[0].left
  steps.forEach(({ operator, right }, index) => {
    const result = apply(value, operator, right)
    const wrong = isMistake() ? wrongResults(result, steps.slice(index + 1)) : []
    const next = wrong.length === 0 ? result : wrong[draw.below(wrong.length)]
    written.push({ left: value, operator, right, result: next })
    value = next
  })
  return written
}

/** Results other than the right one from which the remaining steps stay within 0 … MAX_VALUE. */
function wrongResults(right: number, rest: readonly Step[]): number[] {
  return Array.from({ length: MAX_VALUE + 1 }, (_, value) => value).filter(
    (value) => value !== right && staysInRange(value, rest),
  )
}

function staysInRange(start: number, steps: readonly Step[]): boolean {
  let value = start
  return steps.every((step) => {
    value = apply(value, step.operator, step.right)
    return value >= 0 && value <= MAX_VALUE
  })
}
