import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { startProgram } from '../../helpers/program.ts'

const dir = fileURLToPath(new URL('../../../models/default', import.meta.url))
const run = async (...args: string[]) => startProgram(['policy', ...args]).ended

it('eval says how many problems a policy answers right, the same at every run', async () => {
  const once = () => run('eval', dir, '--environment', 'word-problems', '--n', '40', '--json')
  const [{ code, output }, again] = [await once(), await once()]
  expect(code).toBe(0)
  const report = JSON.parse(output)
  const { manifestHash, manifest } = await readCheckpoint(dir)
  expect(report).toMatchObject({
    policy: manifestHash,
    environment: 'word-problems',
    temperature: manifest.sampling.temperature,
    sampled: { problems: 40 },
    greedy: { problems: 40 },
  })
  // The embedded policy is trained on these: a broken prompt or a wrong token would leave it near nothing.
  expect(report.greedy.passRate).toBeGreaterThan(0.2)
  expect(report.sampled).not.toEqual(report.greedy)
  const { sampled, greedy } = JSON.parse(again.output)
  expect({ sampled, greedy }).toEqual({ sampled: report.sampled, greedy: report.greedy })
})

it('hash prints what the chain knows a checkpoint by', async () => {
  const { output } = await run('hash', dir)
  expect(output.trim()).toBe((await readCheckpoint(dir)).manifestHash)
})
