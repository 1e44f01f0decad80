import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { loadGsm8k } from '../../../../shared/environments/gsm8k.ts'
import { sat } from '../../../../shared/environments/sat.ts'
import { wordProblems } from '../../../../shared/environments/word-problems.ts'
import { gsm8kPath } from '../../../helpers/gsm8k-data.ts'
import vectors from '../../../vectors/environments.json' with { type: 'json' }

const seedOf = (hex: string): Uint8Array => hexToBytes(hex.slice(2))

describe.each([
  [wordProblems, vectors['word-problems']],
  [sat, vectors.sat],
] as const)('the vectors of $id', (environment, { parametersHash, cases }) => {
  it('pin the parameters, the problems and the judgements', () => {
    expect(environment.parametersHash).toBe(parametersHash)
    for (const { seed, prompt, data, judged } of cases) {
      const problem = environment.generate(seedOf(seed))
      expect(problem).toEqual({ prompt, data })
      for (const { completion, judgement } of judged) {
        expect(environment.judge(problem as never, completion), completion).toEqual(judgement)
      }
    }
  })
})

const path = gsm8kPath('test.jsonl')

it.skipIf(path === undefined)('the vectors of gsm8k pin the parameters and the drawn lines', () => {
  const gsm8k = loadGsm8k(path as string)
  expect(gsm8k.parametersHash).toBe(vectors.gsm8k.parametersHash)
  for (const { seed, line } of vectors.gsm8k.cases) expect(gsm8k.generate(seedOf(seed)).data.line).toBe(line)
})
