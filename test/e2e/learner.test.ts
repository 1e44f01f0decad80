import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conductWindow } from '../../cli/devnet/conductor.ts'
import { hashRecord } from '../../learner/update-record.ts'
import { readUpdate, UPDATE_FILES, writeUpdate } from '../../learner/write-update.ts'
import { createCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { packCheckpoint } from '../../model/distribution/pack-checkpoint.ts'
import { connect } from '../../shared/chain/connect.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readChallenge } from '../../shared/chain/read-challenge.ts'
import { readEarliestActivation } from '../../shared/chain/read-earliest-activation.ts'
import { readObjections } from '../../shared/chain/read-objections.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { type StoreServer, serveStore } from '../../shared/store/http-server.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { runProgram } from '../helpers/program.ts'

let devnet: TestDevnet
let flags: readonly string[]
let updates: string
const servers: StoreServer[] = []

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 2, validators: 2, adversaries: ['forge'] })
  const dir = dirname(devnet.network.checkpoints)
  const recipe = join(dir, 'recipe.json')
  writeFileSync(recipe, JSON.stringify({ groupsPerStep: 16, warmUpSteps: 0 }))
  // A directory of its own: nobody else finds an update there, everybody fetches it.
  updates = join(dir, 'learner', 'updates')
  flags = ['--recipe', recipe, '--fewest-groups', '8', '--updates', updates]
  for (const { name } of devnet.network.participants) devnet.start(name)
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
  await devnet?.close()
})

/** The window waits until the learner has published, and the validators have taken the update again. */
const learn = (window: number): readonly string[] => {
  const update = devnet
    .events('learner')
    .find((event) => event.message === 'published update' && event.window === window)
  if (!update) return ['learner']
  return ['validator-0', 'validator-1'].filter((name) => !replayOf(name, update.policy))
}

function replayOf(validator: string, policy: unknown) {
  return devnet
    .events(validator)
    .find((event) => event.message === 'replayed update' && event.policy === policy)
}

const active = async (window: number) => (await readActivePolicy(devnet.network.chain, window)).manifestHash

test('killed once it has written an update, the learner publishes that update and no other', async () => {
  const killed = new Promise<void>((resolve, reject) => {
    let done = false
    const onEvent = ({ message }: Readonly<Record<string, unknown>>) => {
      if (done || message !== 'wrote update') return
      done = true
      devnet
        .kill('learner')
        .then(() => devnet.startLearner(flags))
        .then(resolve, reject)
    }
    devnet.startLearner(flags, { onEvent })
  })
  const genesis = await active(0)
  await conductWindow({ ...devnet.stage, learn }, 0)
  await killed
  const { policy, parent, refusedBundles } = await devnet.event('learner', 'published update', { window: 0 })
  expect(parent).toBe(genesis)
  expect(refusedBundles).toBe(1)
  const written = devnet.events('learner').filter(({ message }) => message === 'wrote update')
  expect(written.map((event) => event.policy)).toEqual([policy])
  expect(devnet.events('learner')).toContainEqual(
    expect.objectContaining({ message: 'refused bundle', miner: 2 }),
  )
})

test('the policy changes at the boundary: miners answer with the new one, validators accept, and it learns on', async () => {
  const { policy, parent } = await devnet.event('learner', 'published update', { window: 0 })
  await conductWindow({ ...devnet.stage, learn }, 1)
  expect(await active(0)).toBe(parent)
  expect(await active(1)).toBe(policy)
  for (const miner of ['miner-0', 'miner-1']) {
    expect(await devnet.event(miner, 'started window', { window: 1 })).toMatchObject({ policy })
    expect(await devnet.event(miner, 'fetched checkpoint', { manifestHash: policy })).toBeDefined()
  }
  for (const validator of ['validator-0', 'validator-1']) {
    const audits = devnet
      .events(validator)
      .filter(({ message, window }) => message === 'audited miner' && window === 1)
    expect(audits.map(({ miner, rejected }) => [miner, rejected])).toEqual(
      expect.arrayContaining([
        [0, 0],
        [1, 0],
      ]),
    )
  }
  const next = await devnet.event('learner', 'published update', { window: 1 })
  expect(next.parent).toBe(policy)
  for (const update of [policy, next.policy]) {
    for (const validator of ['validator-0', 'validator-1']) {
      expect(replayOf(validator, update)).toMatchObject({ outcome: 'agrees', findings: [] })
    }
  }
  expect(await active(2)).toBe(next.policy)
})

/** What a dishonest learner would do with an honest update: one bit of one weight, and a record that names it. */
async function publishFlipped(honest: Hex): Promise<Hex> {
  const { checkpoint, optimizer, record } = await readUpdate(join(updates, honest))
  const weights = new Map(
    [...checkpoint.weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  )
  const flipped = weights.get('model.norm.weight')
  if (!flipped) throw new Error('the policy has another shape')
  new Int32Array(flipped.data.buffer)[3] ^= 1
  const { sampling, environment, parent, numerics } = checkpoint.manifest
  const wrong = createCheckpoint({ ...checkpoint, weights, sampling, environment, parent, numerics })
  const { manifestHash } = wrong
  const named = { ...record, checkpoint: manifestHash }
  const dir = join(devnet.network.checkpoints, '..', 'false', manifestHash)
  await writeUpdate(dir, { checkpoint: wrong, optimizer, record: named })
  const store = directoryStore(join(devnet.network.checkpoints, '..', 'false', 'bundles'))
  const { hash } = await packCheckpoint(dir, store)
  for (const file of Object.values(UPDATE_FILES)) await store.put(await readFile(join(dir, file)))
  const server = await serveStore({ store, host: '127.0.0.1', port: 0 })
  servers.push(server)
  const { chain, rpcUrl, learner } = devnet.network
  const { deployment } = chain
  const latest = await readActivePolicy(chain, Number.MAX_SAFE_INTEGER)
  await publishPolicy(await connect({ rpcUrl, deployment, account: learner.account }), {
    ...latest,
    manifestHash,
    parent: latest.manifestHash,
    recordHash: hashRecord(named),
    activationWindow: await readEarliestActivation(chain, latest),
    uri: `${server.url}/${hash}`,
  })
  return manifestHash
}

test('a checkpoint with one bit flipped, published under the right key, is objected to and never in force', async () => {
  await devnet.stop('learner')
  const before = await active(2)
  // A node that trains for itself publishes nothing: what it makes of the window is an honest update.
  devnet.startLearner([...flags, '--swarm', '8:8', '--self', '0'])
  let judged = false
  const judgement = (async () => {
    const kept = await devnet.event('learner', 'kept update', { window: 2 })
    expect(kept.parent).toBe(before)
    const wrong = await publishFlipped(kept.policy as Hex)
    while (!(await readChallenge(devnet.network.chain, wrong)).rejected) await pause(100)
    judged = true
    return { honest: kept.policy, wrong }
  })()
  await conductWindow({ ...devnet.stage, learn: () => (judged ? [] : ['validators']) }, 2)
  const { honest, wrong } = await judgement
  expect(await active(3)).toBe(before)
  // Anybody can say the same, with nothing but an endpoint; a false update ends with 1, an honest one with 0.
  const { rpcUrl, relayUrl, deploymentFile, checkpoints } = devnet.network
  const access = [
    '--rpc',
    rpcUrl,
    '--relay',
    relayUrl,
    '--deployment',
    deploymentFile,
    '--allow-private-hosts',
  ]
  const replay = (update: string) =>
    runProgram([
      'learner',
      'replay',
      update,
      ...access,
      '--checkpoints',
      checkpoints,
      '--checkpoints',
      updates,
    ])
  const found = await replay(wrong)
  expect(found.output).toContain(`recomputed here  ${honest}`)
  expect(found.code).toBe(1)
  const { code, output } = await replay('1')
  expect(output).toContain('agrees')
  expect(code).toBe(0)
  // And with no network at all, from the directories and one case for each bundle.
  const first = await devnet.event('learner', 'published update', { window: 0 })
  const cases: string[] = []
  for (const miner of [0, 1]) {
    const file = join(devnet.network.checkpoints, '..', `case-${miner}.json`)
    expect(
      (
        await runProgram([
          'explain',
          `0/${miner}/0/0`,
          '--save',
          file,
          ...access,
          '--checkpoints',
          checkpoints,
        ])
      ).code,
    ).toBe(0)
    cases.push('--case', file)
  }
  const update = ['--update', join(updates, String(first.policy))]
  const parent = ['--parent', join(checkpoints, String(first.parent))]
  const offline = await runProgram(['learner', 'replay', ...update, ...parent, ...cases])
  expect(offline.output).toContain(`update ${first.policy}: agrees`)
  const without = await runProgram(['learner', 'replay', ...update, ...parent, ...cases.slice(0, 2)])
  expect(without).toMatchObject({ code: 2 })
  expect(without.output).toContain('withheld')
  const [objection] = await readObjections(devnet.network.chain, wrong)
  expect(objection.ownHash).toBe(honest)
})
