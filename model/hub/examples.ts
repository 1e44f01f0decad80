import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { loadTokenizer } from '../tokenizer/tokenizer.ts'
import { importFailure } from './failure.ts'
import type { Frame } from './frame.ts'

/** A problem with its solution, shown before every problem that is asked. */
export interface Example {
  readonly question: string
  readonly answer: string
}

const shape = z.object({ question: z.string().trim().min(1), answer: z.string().trim().min(1) })

/**
 * Reads examples as GSM8K is published: one JSON object a line.
 * @throws SubnetError IMPORT_FILE_MISSING, IMPORT_FILE_MALFORMED naming the line
 */
export async function readExamples(path: string): Promise<Example[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw importFailure('IMPORT_FILE_MISSING', `${path} cannot be read.`, { file: path }, cause)
  })
  const lines = text.trimEnd().split('\n')
  return lines.map((line, index) => {
    try {
      return shape.parse(JSON.parse(line))
    } catch (cause) {
      const reason = `line ${index + 1} is no JSON object with a question and an answer`
      throw importFailure('IMPORT_FILE_MALFORMED', `${path}: ${reason}.`, { file: path }, cause)
    }
  })
}

/** What stands around a problem where there is no chat: the examples, in the words that evaluations of base models use. */
export function exampleFrame(tokenizerJson: string, endToken: number, examples: readonly Example[]): Frame {
  const { encode } = loadTokenizer(tokenizerJson, endToken)
  const shown = examples.map(({ question, answer }) => `Question:\n${question}\nAnswer:\n${answer}\n\n`)
  return { before: encode(`${shown.join('')}Question:\n`), after: encode('\nAnswer:\n') }
}
