import { expect, it } from 'vitest'
import { renderLearningPlot } from '../../../../cli/learn/learning-plot.ts'

const sample = (steps: number, passRate: number) => ({ steps, passRate, standardError: 0.1 })

it('places steps and shares linearly, errors around them', () => {
  const svg = renderLearningPlot('A title', [{ label: 'honest', runs: [[sample(0, 0.5), sample(40, 1)]] }])
  expect(svg).toContain('<title>A title</title>')
  expect(svg).toContain('<path class="c0" d="M60 206L736 56"/>')
  expect(svg).toContain('<path class="c0 error" d="M60 236V176M736 86V56"/>')
  expect(svg).toContain('>optimiser steps</text>')
  expect(svg).toContain('>held-out pass@1</text>')
})

it('gives a colour a series and a line a run, all on one scale', () => {
  const run = (last: number) => [sample(0, 0.1), sample(last, 0.6)]
  const svg = renderLearningPlot('', [
    { label: 'one', runs: [run(10), run(20)] },
    { label: 'two', runs: [run(5)] },
  ])
  const lines = [...svg.matchAll(/<path class="(c\d)" d="M60 326L(\d+) 176"/g)]
  expect(lines.map(([, colour, end]) => [colour, end])).toEqual([
    ['c0', '398'],
    ['c0', '736'],
    ['c1', '229'],
  ])
})

it('draws axes where nothing has been measured yet', () => {
  const svg = renderLearningPlot('', [{ label: 'later', runs: [] }])
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  expect(svg).toContain('>later</text>')
})
