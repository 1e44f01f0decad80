import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPeer, importPeer } from '../../../../bench/model/peer-package.ts'

const name = '@huggingface/transformers'
let peers: string

beforeAll(async () => {
  peers = await mkdtemp(join(tmpdir(), 'rollproof-peers-'))
  const folder = join(peers, 'node_modules', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '9.9.9', main: './main.mjs' }))
  await writeFile(join(folder, 'main.mjs'), 'export const here = true')
})

afterAll(() => rm(peers, { recursive: true }))

test('an engine is taken from the directory that was named, with the version that lies there', async () => {
  expect(findPeer(peers, name)?.version).toBe('9.9.9')
  expect(await importPeer(peers, name)).toMatchObject({ here: true })
})

test('one that is not installed there is missing, not an error', () => {
  expect(findPeer(peers, 'node-llama-cpp')).toBeNull()
})
