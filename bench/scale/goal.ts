import { growthExponent } from './growth.ts'
import type { EpochFigures } from './measure-epoch.ts'
import { validatorWork } from './render.ts'

/** A tenth above proportion: what a fit over few sizes may err by. Squares would show as 2. */
const mostExponent = 1.1

/**
 * Work of a validator that grows faster than in proportion to the rollouts that it audits. Processor time is left to
 * the reader: on a shared machine it is not the program's alone.
 * @returns one line for each; empty when the goal holds, or when there is but one size
 */
export function findSuperlinear(all: readonly EpochFigures[]): string[] {
  const panels = [...Map.groupBy(all, ({ validators }) => validators).values()]
  return panels
    .filter((panel) => panel.length > 1)
    .flatMap((panel) =>
      validatorWork.flatMap(([label, value]) => {
        if (label.startsWith('CPU')) return []
        const points = panel.map((figures) => [figures.validator.auditedRollouts, value(figures)] as const)
        const exponent = growthExponent(points)
        if (exponent <= mostExponent) return []
        return [
          `${label} grows as audited rollouts^${exponent.toFixed(2)}, ${panel[0].validators} validators`,
        ]
      }),
    )
}
