import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SubnetError } from '../errors.ts'
import { createDraw } from '../protocol/draw.ts'
import type { Environment, Problem } from './environment.ts'
import { judgeNumericAnswer } from './numeric-answer.ts'
import { hashParameters } from './parameters.ts'
import { parseNumber } from './rational.ts'

export interface Gsm8kData {
  /** Line of the file, from 0. */
  readonly line: number
  /** The published answer, as written after `####`. */
  readonly answer: string
}

/** SHA-256 of the two files published at github.com/openai/grade-school-math. */
const GSM8K_SHA256 = {
  train: '17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465',
  test: '3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14',
} as const

/**
 * Problems with a longer prompt are left out (578 of 7,473 training and 110 of 1,319 test problems). Under a
 * byte-level vocabulary a prompt has at most as many tokens as bytes, so that any such policy with a context of
 * 512 tokens has 128 left to answer in.
 */
export const MAX_PROMPT_BYTES = 384

const WHERE_FROM =
  'Download train.jsonl or test.jsonl from github.com/openai/grade-school-math and pass its path.'

/**
 * GSM8K (MIT licence) from a published JSONL file, which is not part of this project. The problem is a uniform
 * draw among the lines whose prompt fits. The whole set is public: a policy may have memorised it.
 *
 * @throws SubnetError DATASET_MISSING, DATASET_MISMATCH
 */
export function loadGsm8k(path: string): Environment<Gsm8kData> {
  const bytes = read(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== GSM8K_SHA256.train && sha256 !== GSM8K_SHA256.test) {
    throw new SubnetError(
      'DATASET_MISMATCH',
      `${path} is not a published GSM8K file: its SHA-256 is ${sha256}, expected ${GSM8K_SHA256.train} ` +
        `(train.jsonl) or ${GSM8K_SHA256.test} (test.jsonl). ${WHERE_FROM}`,
      { details: { path, actual: sha256, expected: GSM8K_SHA256 } },
    )
  }
  return createGsm8k(parseLines(bytes), sha256)
}

function createGsm8k(problems: readonly Problem<Gsm8kData>[], sha256: string): Environment<Gsm8kData> {
  return {
    id: 'gsm8k',
    parametersHash: hashParameters({
      environment: 'gsm8k',
      sha256,
      maxPromptBytes: MAX_PROMPT_BYTES,
      derivation: 1,
      judge: 1,
    }),
    generate: (seed) => problems[createDraw(seed).below(problems.length)],
    judge({ data }, completion) {
      const expected = parseNumber(data.answer)
      if (expected === undefined) throw new RangeError(`not a GSM8K answer: ${data.answer}`)
      return judgeNumericAnswer(expected, completion)
    },
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new SubnetError('DATASET_MISSING', `Cannot read GSM8K from ${path}. ${WHERE_FROM}`, {
      details: { path },
      cause,
    })
  }
}

/** The digest was checked: the lines are as published. */
function parseLines(bytes: Uint8Array): Problem<Gsm8kData>[] {
  return new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\n')
    .map((json, line) => toProblem(JSON.parse(json) as { question: string; answer: string }, line))
    .filter(({ prompt }) => new TextEncoder().encode(prompt).length <= MAX_PROMPT_BYTES)
}

function toProblem(
  { question, answer }: { question: string; answer: string },
  line: number,
): Problem<Gsm8kData> {
  return { prompt: `${question}\n`, data: { line, answer: answer.slice(answer.indexOf('####') + 4).trim() } }
}
