import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { parseVector } from '../vectors/parse-vector.ts'
import { replayVector, type StepResult } from '../vectors/replay-vector.ts'

const settings = { json } as const satisfies Settings

export function vectorsCommand(): Command {
  const command = addSettings(new Command('vectors'), settings)
    .description('replay golden cases of the consensus arithmetic, to the last digit')
    .argument('<files...>', 'JSON: inputs, then steps in order with what each must give')
    .action((files: string[]) => {
      const { json } = readSettings(command, settings, process.env)
      const replayed = files.map(replayFile)
      const results = replayed.flatMap(({ steps }) => steps)
      const failed = results.filter(({ differences }) => differences.length > 0).length
      const sum = `${results.length - failed} of ${results.length} steps pass`
      print(json, replayed, [...replayed.map(renderFile), sum].join('\n'))
      process.exitCode = failed === 0 ? 0 : 1
    })
  return command
}

interface ReplayedFile {
  readonly file: string
  /** Names in the file that mean nothing here. */
  readonly unread: readonly string[]
  readonly steps: readonly StepResult[]
}

function replayFile(file: string): ReplayedFile {
  const vector = parseVector(readText(file), file)
  return { file, unread: vector.unread, steps: replayVector(vector) }
}

function renderFile({ file, unread, steps }: ReplayedFile): string {
  const lines = steps.flatMap(({ step, compared, differences }) => {
    const what = compared.join(', ') || 'nothing expected'
    const outcome = differences.length === 0 ? 'pass' : 'FAIL'
    return [`  step ${step}: ${outcome} (${what})`, ...differences.map((difference) => `    ${difference}`)]
  })
  return [file, ...(unread.length > 0 ? [`  not read: ${unread.join(', ')}`] : []), ...lines].join('\n')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SubnetError('VECTOR_UNREADABLE', `cannot read ${file}`, { details: { file }, cause })
  }
}
