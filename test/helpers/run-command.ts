import { describeFailure } from '../../cli/lifecycle.ts'
import { createProgram } from '../../cli/program.ts'

export interface Ending {
  readonly code: number
  readonly output: string
}

/** `rollproof …` in this process: what it prints and ends with, without a program's start. One at a time. */
export async function runCommand(args: readonly string[]): Promise<Ending> {
  const lines: string[] = []
  const { log, error } = console
  console.log = (line: unknown) => void lines.push(String(line))
  console.error = console.log
  const before = process.exitCode
  process.exitCode = undefined
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), output: lines.join('\n') }
  } catch (failure) {
    return { code: 1, output: [...lines, describeFailure(failure)].join('\n') }
  } finally {
    Object.assign(console, { log, error })
    process.exitCode = before
  }
}
