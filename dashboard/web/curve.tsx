import type { CurveDot } from '../views.ts'
import { percent } from './format.ts'

const width = 640
const height = 240
const left = 44
const bottom = 30
const top = 10

/** Held-out pass@1 over optimiser steps; bars are one standard error. The table below it says the same. */
export function Curve({ dots }: { readonly dots: readonly CurveDot[] }) {
  const most = Math.max(1, ...dots.map(({ steps }) => steps))
  const x = (steps: number) => left + ((width - left - 12) * steps) / most
  const y = (share: number) => top + (height - top - bottom) * (1 - Math.min(1, Math.max(0, share)))
  const first = dots[0]
  const last = dots[dots.length - 1]
  const said = `Held-out pass rate, from ${percent(first.passRate)} at ${first.steps} steps to ${percent(last.passRate)} at ${last.steps}`
  return (
    <svg class="curve" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={said}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line class="grid" x1={left} x2={width - 12} y1={y(share)} y2={y(share)} />
          <text x={left - 8} y={y(share) + 4} text-anchor="end">
            {100 * share} %
          </text>
        </g>
      ))}
      {[0, Math.round(most / 2), most].map((steps) => (
        <text key={steps} x={x(steps)} y={height - 10} text-anchor={steps === most ? 'end' : 'middle'}>
          {steps}
        </text>
      ))}
      <text x={left + 8} y={top + 12}>
        pass@1 by optimiser steps
      </text>
      <polyline points={dots.map(({ steps, passRate }) => `${x(steps)},${y(passRate)}`).join(' ')} />
      {dots.map(({ policy, steps, passRate, standardError }) => (
        <g key={policy}>
          <line
            class="error"
            x1={x(steps)}
            x2={x(steps)}
            y1={y(passRate - standardError)}
            y2={y(passRate + standardError)}
          />
          <circle cx={x(steps)} cy={y(passRate)} r="3" />
        </g>
      ))}
    </svg>
  )
}
