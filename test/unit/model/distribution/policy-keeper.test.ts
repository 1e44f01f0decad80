import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packCheckpoint } from '../../../../model/distribution/pack-checkpoint.ts'
import { keepPolicies, type PolicyKeeperOptions } from '../../../../model/distribution/policy-keeper.ts'
import {
  hostileAnswers,
  recordLog,
  startRelay,
  temporaryDirectory,
  temporaryStore,
} from '../../../helpers/relays.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'
import { put } from './policies.ts'

const policy = smallCheckpoint(smallConfig())
const other = smallCheckpoint(smallConfig(), { seed: 2 })

async function publish() {
  const store = await temporaryStore()
  const { dir } = await put(await temporaryDirectory(), policy)
  return { store, hash: (await packCheckpoint(dir, store)).hash }
}

async function keeper(options: Partial<PolicyKeeperOptions> = {}) {
  const [shelf, store, log] = [await temporaryDirectory(), await temporaryStore(), recordLog()]
  const all = { roots: [], shelf, store, peers: [], log, allowPrivateHosts: true, ...options }
  return { shelf, store, policies: keepPolicies(all) }
}

it('fetches the policy that the chain names once, and holds its pieces for others', async () => {
  const { store, hash } = await publish()
  const relay = await startRelay(store)
  const { shelf, policies, store: held } = await keeper()
  const { manifestHash } = policy
  const uri = `${relay.url}/${hash}`
  expect((await policies.obtain({ manifestHash, uri })).dir).toBe(join(shelf, manifestHash))
  const asked = relay.asked.length
  expect((await policies.obtain({ manifestHash, uri })).manifest).toEqual(policy.manifest)
  expect(relay.asked.length).toBe(asked)

  const second = await startRelay(held)
  const next = await keeper({ peers: [second.peer] })
  const gone = `http://127.0.0.1:1/${hash}`
  expect((await next.policies.obtain({ manifestHash, uri: gone })).manifest).toEqual(policy.manifest)
})

it('asks nobody for what the operator has', async () => {
  const root = await temporaryDirectory()
  const { dir, manifestHash } = await put(root, policy)
  const { policies } = await keeper({ roots: [root] })
  expect((await policies.obtain({ manifestHash, uri: 'nowhere' })).dir).toBe(dir)
})

it.each([
  ['is none', () => 'checkpoints/0x12', 'STORE_URI_INVALID'],
  ['leads to a local file', (hash: string) => `file:///etc/${hash}`, 'STORE_URI_FORBIDDEN'],
])('goes on waiting when the URI %s', async (_, uriOf, fetching) => {
  const { hash } = await publish()
  const { policies } = await keeper()
  const missing = policies.obtain({ manifestHash: policy.manifestHash, uri: uriOf(hash) })
  await expect(missing).rejects.toMatchObject({
    code: 'CHECKPOINT_MISSING',
    retryable: true,
    details: { fetching },
  })
})

it('goes on waiting when the package is of another policy, and takes none of it', async () => {
  const { store, hash } = await publish()
  const relay = await startRelay(store)
  const { policies, shelf } = await keeper()
  const missing = policies.obtain({ manifestHash: other.manifestHash, uri: `${relay.url}/${hash}` })
  await expect(missing).rejects.toMatchObject({
    code: 'CHECKPOINT_MISSING',
    retryable: true,
    details: { fetching: 'PACKAGE_INVALID' },
  })
  expect(await readdir(shelf)).toEqual([])
})

it('can be tried again when its publisher serves rubbish', async () => {
  const { store, hash } = await publish()
  const relay = await startRelay(store, hostileAnswers['wrong bytes'])
  const { policies } = await keeper()
  const { manifestHash } = policy
  const failed = policies.obtain({ manifestHash, uri: `${relay.url}/${hash}` })
  await expect(failed).rejects.toMatchObject({ code: 'PEERS_EXHAUSTED', retryable: true })
})
