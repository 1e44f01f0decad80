import type { Hex } from 'viem'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedCheckpoints } from '../../../../cli/roles/checkpoint-roots.ts'
import { engineStarter } from '../../../../cli/roles/start-engine.ts'
import { generateGroups } from '../../../../miner/generate-groups.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { openPolicies } from '../../../../model/policy.ts'
import { serveEngine } from '../../../helpers/served-engine.ts'

const sources = { checkpoints: [embeddedCheckpoints], dataset: null }
const { manifestHash } = await readCheckpoint(`${embeddedCheckpoints}/default`)
const windowSeed: Hex = `0x${'5a'.repeat(32)}`
const task = { policy: manifestHash, windowSeed, miner: 3, firstGroup: 0, groups: 1, groupSize: 2 }
const values = {
  engine: 'native',
  engineUrl: undefined,
  enginePython: 'python3',
  engineTimeout: 600,
  engineRecomputed: 2,
  device: 'cpu',
  threads: 1,
} as const

const start = (changes: Partial<Parameters<typeof engineStarter>[0]>) => {
  const engine = engineStarter({ ...values, ...changes })(sources)
  onTestFinished(() => engine.close())
  return engine
}

it('wants an address for an engine elsewhere, and for no other', () => {
  const code = 'CONFIG_INVALID'
  expect(() => engineStarter({ ...values, engine: 'http' })).toThrow(expect.objectContaining({ code }))
  expect(() => engineStarter({ ...values, engineUrl: 'http://127.0.0.1:1' })).toThrow(
    expect.objectContaining({ code }),
  )
})

it('gives the same groups from this program, on one thread and on two, and from an engine that computes as it does', async () => {
  const shelf = openPolicies(sources)
  onTestFinished(() => shelf.close())
  const policy = await shelf.open(manifestHash)
  const expected = await generateGroups(policy, task)
  const url = await serveEngine(policy)
  expect(await start({}).produce(task)).toEqual(expected)
  expect(await start({ threads: 2 }).produce(task)).toEqual(expected)
  expect(await start({ engine: 'http', engineUrl: url }).produce(task)).toEqual(expected)
})

it('names an engine that has ended', async () => {
  const engine = start({ engine: 'transformers', enginePython: process.execPath })
  await expect(engine.produce(task)).rejects.toMatchObject({ code: 'ENGINE_ENDED', retryable: false })
  const missing = start({ engine: 'transformers', enginePython: '/nowhere/python' })
  await expect(missing.produce(task)).rejects.toThrow(/ENOENT.*\/nowhere\/python/)
})
