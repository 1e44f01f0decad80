import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Environment, type Judgement, PPM, type Problem } from '../../shared/environments/environment.ts'

export interface SuiteOptions<Data> {
  /** A completion that deserves the full reward. */
  readonly solve: (problem: Problem<Data>) => string
  /** Completions that no problem accepts. */
  readonly malformed: readonly string[]
  /** Bound on the UTF-8 length of every prompt. */
  readonly maxPromptBytes: number
}

const SEEDS = Array.from({ length: 200 }, (_, i) => numberedSeed(i))

/** The i-th of the seeds that tests share: keccak256 of `seed i`. */
export function numberedSeed(i: number): Uint8Array {
  return keccak_256(new TextEncoder().encode(`seed ${i}`))
}

/** Text that a policy might emit: any characters, and long stretches of what parsers care about. */
const anyCompletion = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'0123456789+-*/=().,$%!#<> \n'), maxLength: 200 }),
  fc
    .tuple(fc.constantFrom('#### ', '9', '(', ')', '=', '1,', '-', '1*', '!0', '<<', ' '), fc.nat(20_000))
    .map(([piece, times]) => piece.repeat(times)),
)

/** What every environment must do, whoever wrote it: docs/environments.md. */
export function describeEnvironment<Data>(environment: Environment<Data>, options: SuiteOptions<Data>): void {
  describe(`the ${environment.id} environment`, () => {
    it('names itself and hashes its parameters', () => {
      expect(environment.id).toMatch(/^[a-z0-9-]{1,32}$/)
      expect(environment.parametersHash).toMatch(/^0x[0-9a-f]{64}$/)
    })

    it('gives the same problem for the same seed, whatever was asked in between', () => {
      const forwards = SEEDS.map((seed) => JSON.stringify(environment.generate(seed)))
      const backwards = SEEDS.toReversed().map((seed) => JSON.stringify(environment.generate(seed)))
      expect(backwards.toReversed()).toEqual(forwards)
    })

    it('gives different problems for different seeds', () => {
      const prompts = new Set(SEEDS.map((seed) => environment.generate(seed).prompt))
      expect(prompts.size).toBeGreaterThan(SEEDS.length * 0.9)
    })

    it('leaves its seed alone', () => {
      const seed = Uint8Array.from(SEEDS[0])
      environment.generate(seed)
      expect(seed).toEqual(SEEDS[0])
    })

    it('bounds its prompts', () => {
      for (const seed of SEEDS) {
        const bytes = new TextEncoder().encode(environment.generate(seed).prompt).length
        expect(bytes).toBeGreaterThan(0)
        expect(bytes).toBeLessThanOrEqual(options.maxPromptBytes)
      }
    })

    it('keeps its data plain: a copy through JSON is judged the same', () => {
      for (const seed of SEEDS) {
        const problem = environment.generate(seed)
        const copy = JSON.parse(JSON.stringify(problem)) as Problem<Data>
        expect(copy).toEqual(problem)
        expect(environment.judge(copy, options.solve(problem))).toEqual(
          environment.judge(problem, options.solve(problem)),
        )
      }
    })

    it('rewards a right answer fully', () => {
      for (const seed of SEEDS) {
        const problem = environment.generate(seed)
        const { reward, correctness } = environment.judge(problem, options.solve(problem))
        expect({ reward, correctness }).toEqual({ reward: PPM, correctness: PPM })
      }
    })

    it('gives nothing for malformed text', () => {
      const nothing: Judgement = { reward: 0, correctness: 0, reasoning: 0, satisfaction: 0 }
      for (const text of ['', ' ', '\n', '####', '\uFFFD', ...options.malformed]) {
        for (const seed of SEEDS.slice(0, 20)) {
          expect(environment.judge(environment.generate(seed), text), JSON.stringify(text)).toEqual(nothing)
        }
      }
    })

    it('judges any text in integers from 0 to 1e6, the same each time, without an exception', () => {
      fc.assert(
        fc.property(anyCompletion, fc.nat(SEEDS.length - 1), fc.boolean(), (text, index, append) => {
          const problem = environment.generate(SEEDS[index])
          const completion = append ? options.solve(problem) + text : text
          const judgement = environment.judge(problem, completion)
          expect(Object.keys(judgement).sort()).toEqual([
            'correctness',
            'reasoning',
            'reward',
            'satisfaction',
          ])
          for (const share of Object.values(judgement)) {
            expect(Number.isInteger(share) && share >= 0 && share <= PPM).toBe(true)
          }
          expect(environment.judge(problem, completion)).toEqual(judgement)
        }),
        { seed: 1, numRuns: 300 },
      )
    })
  })
}
