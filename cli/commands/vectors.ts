import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { SubnetError } from '../../shared/errors.ts'
import { parseVector } from '../vectors/parse-vector.ts'
import { replayVector, type StepResult } from '../vectors/replay-vector.ts'

export function vectorsCommand(): Command {
  return new Command('vectors')
    .description('replay golden cases of the consensus arithmetic, to the last digit')
    .argument('<files...>', 'JSON: inputs, then steps in order with what each must give')
    .action((files: string[]) => {
      const results = files.flatMap(replayFile)
      const failed = results.filter(({ differences }) => differences.length > 0).length
      console.log(`${results.length - failed} of ${results.length} steps pass`)
      process.exitCode = failed === 0 ? 0 : 1
    })
}

function replayFile(file: string): StepResult[] {
  const vector = parseVector(readText(file), file)
  console.log(file)
  if (vector.unread.length > 0) console.log(`  not read: ${vector.unread.join(', ')}`)
  const results = replayVector(vector)
  for (const { step, compared, differences } of results) {
    const what = compared.join(', ') || 'nothing expected'
    console.log(`  step ${step}: ${differences.length === 0 ? 'pass' : 'FAIL'} (${what})`)
    for (const difference of differences) console.log(`    ${difference}`)
  }
  return results
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SubnetError('VECTOR_UNREADABLE', `cannot read ${file}`, { details: { file }, cause })
  }
}
