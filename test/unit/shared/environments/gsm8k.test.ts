import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadGsm8k, MAX_PROMPT_BYTES } from '../../../../shared/environments/gsm8k.ts'
import { describeEnvironment, numberedSeed } from '../../../helpers/environment-suite.ts'
import { gsm8kPath } from '../../../helpers/gsm8k-data.ts'

const trainPath = gsm8kPath('train.jsonl')
const testPath = gsm8kPath('test.jsonl')

describe('loadGsm8k', () => {
  it('names a missing file and where to get it', () => {
    expect(() => loadGsm8k('/nowhere/test.jsonl')).toThrowError(
      expect.objectContaining({
        code: 'DATASET_MISSING',
        message: expect.stringContaining('/nowhere/test.jsonl'),
      }),
    )
  })

  it('refuses a file that is not one of the published ones, with both digests', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'gsm8k-')), 'test.jsonl')
    writeFileSync(path, '{"question":"1+1?","answer":"#### 2"}\n')
    expect(() => loadGsm8k(path)).toThrowError(
      expect.objectContaining({
        code: 'DATASET_MISMATCH',
        message: expect.stringMatching(/[0-9a-f]{64}.*3730d312/s),
      }),
    )
  })
})

if (trainPath !== undefined && testPath !== undefined) {
  const train = loadGsm8k(trainPath)
  const test = loadGsm8k(testPath)
  describeEnvironment(test, {
    solve: ({ data }) => `#### ${data.answer}`,
    malformed: ['18', 'The answer is 18.', '#### eighteen', '#### 18 eggs', '<<9*2=18>>18'],
    maxPromptBytes: MAX_PROMPT_BYTES,
  })

  describe('gsm8k', () => {
    it('tells the training from the test problems', () => {
      expect(train.parametersHash).not.toBe(test.parametersHash)
    })

    it.each([
      ['train', train, trainPath, 6896],
      ['test', test, testPath, 1209],
    ] as const)(
      'reaches only the %s problems whose prompt fits, each with its own answer',
      (_, set, path, count) => {
        const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
        const fitting = lines.filter(
          (line) => Buffer.byteLength(`${JSON.parse(line).question}\n`) <= MAX_PROMPT_BYTES,
        )
        expect(fitting.length).toBe(count)
        for (let i = 0; i < 500; i++) {
          const { prompt, data } = set.generate(numberedSeed(i))
          const published = JSON.parse(lines[data.line]) as { question: string; answer: string }
          expect(prompt).toBe(`${published.question}\n`)
          expect(published.answer.endsWith(`#### ${data.answer}`)).toBe(true)
          expect(set.judge({ prompt, data }, published.answer).reward).toBe(1_000_000)
        }
      },
    )

    it.each([
      ['train', train, trainPath],
      ['test', test, testPath],
    ] as const)(
      'reads the answer of every published %s solution, those of long problems too',
      (_, set, path) => {
        const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
        const unread = lines.filter((json, line) => {
          const { question, answer } = JSON.parse(json) as { question: string; answer: string }
          const expected = answer.slice(answer.lastIndexOf('####') + 4).trim()
          const problem = { prompt: question, data: { line, answer: expected } }
          return set.judge(problem, answer).reward !== 1_000_000
        })
        expect(unread).toEqual([])
      },
    )

    it('finds the published steps right, but for algebra and rounding', () => {
      const problems = Array.from({ length: 500 }, (_, i) => train.generate(numberedSeed(i)))
      const lines = readFileSync(trainPath, 'utf8').trimEnd().split('\n')
      const shares = problems.map((p) => train.judge(p, JSON.parse(lines[p.data.line]).answer).reasoning)
      expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(950_000)
    })
  })
}
