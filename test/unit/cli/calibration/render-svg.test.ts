import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderCalibration } from '../../../../cli/calibration/render-svg.ts'
import { parseCorpus } from '../../../../model/calibration/corpus.ts'

const path = new URL('../../../../models/default/calibration.json', import.meta.url)
const corpus = parseCorpus(readFileSync(path, 'utf8'), 'calibration.json')

it('draws the committed picture from the committed corpus', () => {
  const committed = readFileSync(new URL('../../../../docs/calibration.svg', import.meta.url), 'utf8')
  expect(renderCalibration(corpus)).toBe(committed)
})

it('names every impostor, and leaves no number out', () => {
  const svg = renderCalibration(corpus)
  for (const { name, kind } of corpus.measurements[0].candidates) {
    if (kind !== 'honest') expect(svg).toContain(name)
  }
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})
