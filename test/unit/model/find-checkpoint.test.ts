import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { findCheckpoint } from '../../../model/find-checkpoint.ts'

const embedded = new URL('../../../models/default', import.meta.url).pathname

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rollproof-checkpoints-'))
  cpSync(embedded, join(root, 'wanted'), { recursive: true })
  mkdirSync(join(root, 'a-broken-one'))
  writeFileSync(join(root, 'a-broken-one', 'manifest.json'), '{"version":1')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('finds a checkpoint by hash, whatever else lies beside it', async () => {
  const { manifestHash } = await readCheckpoint(embedded)
  expect((await findCheckpoint([root], manifestHash)).dir).toBe(join(root, 'wanted'))
  expect((await findCheckpoint([join(root, 'wanted')], manifestHash)).dir).toBe(join(root, 'wanted'))
})

test('says what is missing, where it looked and what it could not read', async () => {
  const missing = findCheckpoint([root, join(root, 'nowhere')], `0x${'0'.repeat(64)}`)
  await expect(missing).rejects.toMatchObject({
    code: 'CHECKPOINT_MISSING',
    retryable: true,
    message: expect.stringContaining('a-broken-one'),
  })
})
