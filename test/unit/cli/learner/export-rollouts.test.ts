import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { hexToBytes } from 'viem'
import { expect, it, onTestFinished } from 'vitest'
import { exportRollouts } from '../../../../cli/learner/export-rollouts.ts'
import { embeddedCheckpoints } from '../../../../cli/roles/checkpoint-roots.ts'
import { generateGroups } from '../../../../miner/generate-groups.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { deriveBeaconKey, signRound, singleSignerChain } from '../../../../shared/beacon/sign-round.ts'
import { encodeBundle } from '../../../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../../../shared/protocol/commitment.ts'
import { windowSeed } from '../../../../shared/protocol/seed.ts'
import { encodeCase } from '../../../../validator/explain-case.ts'
import { openCheckpoint } from '../../../helpers/deliveries.ts'

const secretKey = deriveBeaconKey(hexToBytes(`0x${'07'.repeat(32)}`))
const beacon = singleSignerChain({ secretKey, genesisTime: 1_700_000_000, period: 3 })
const about = { chainId: 31_337, subnet: `0x${'ab'.repeat(20)}`, window: 12, miner: 3 } as const
const blockHash = `0x${'b1'.repeat(32)}` as const
const openRound = signRound(secretKey, 41n)
const rules = {
  ...{ groupSize: 4, maxGroups: 2, auditRatePpm: 100_000, auditFloor: 2, sketchPositions: 4 },
  coefficients: { base: 1, correctness: 1, reasoning: 1, satisfaction: 1, signal: 1 },
}

it('exports a case from its file to Parquet without any network', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cases-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const policy = await openCheckpoint(await readCheckpoint(join(embeddedCheckpoints, 'default')))
  onTestFinished(() => policy.session.close())
  const { chainId, subnet, window, miner } = about
  const randomness = `0x${openRound.randomness}` as const
  const seed = windowSeed({ chainId, rolloutLog: subnet, window, blockHash, randomness })
  const task = {
    policy: policy.manifestHash,
    windowSeed: seed,
    miner,
    firstGroup: 0,
    groups: 2,
    groupSize: 4,
  }
  const bundle = { ...about, policy: policy.manifestHash, groups: await generateGroups(policy, task) }
  const facts = {
    ...{ ...about, beacon, blockHash, openRound, auditRound: signRound(secretKey, 97n), rules },
    ...{ policy: policy.manifestHash, commitment: commitmentOf(bundle), validators: 3 },
    bundle: encodeBundle(bundle),
  }
  const path = join(dir, 'case.json')
  await writeFile(path, encodeCase(facts))
  const values = {
    ...{ windows: undefined, deployment: undefined, rpc: undefined, relay: [], allowPrivateHosts: false },
    ...{ case: [path, path], checkpoints: [], dataset: undefined },
  }
  const lines: string[] = []
  const out = join(dir, 'out')
  const { signal } = new AbortController()
  const summary = await exportRollouts({ ...values, format: 'prime-rl', out }, signal, (line) =>
    lines.push(line),
  )
  expect(summary).toMatchObject({ out, groups: 2, missed: 0, parts: [{ window: 12, miner: 3 }] })
  expect(lines).toEqual([
    'window 12, miner 3: 2 groups, 8 rollouts',
    'window 12, miner 3: 2 groups, 8 rollouts (there already)',
  ])
  const rows = await parquetReadObjects({
    file: await asyncBufferFromFile(join(out, 'step_12', 'miner-3.parquet')),
  })
  expect(rows.map(({ output_tokens: tokens }) => Array.from(tokens))).toEqual(
    bundle.groups.flatMap(({ rollouts }) => rollouts.map(({ tokens }) => tokens)),
  )
})

it('asks for cases, or for windows and where to look for them', async () => {
  const values = {
    ...{ deployment: 'deployment.json', rpc: undefined, relay: [], allowPrivateHosts: false },
    ...{ case: [], checkpoints: [], dataset: undefined, format: 'trl' as const, out: 'nowhere' },
  }
  const { signal } = new AbortController()
  for (const windows of [undefined, { from: 1, to: 2 }]) {
    await expect(exportRollouts({ ...values, windows }, signal, () => {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
  }
})
