import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { directoryStore } from '../../../shared/store/directory-store.ts'
import { startProgram } from '../../helpers/program.ts'
import { hostileAnswers, startRelay, temporaryDirectory } from '../../helpers/relays.ts'
import { childOf, first, put } from '../model/distribution/policies.ts'

const run = async (...args: string[]) => startProgram(['policy', ...args]).ended
const packageIn = (output: string) => /package ([0-9a-f]{64})/.exec(output)?.[1] as string

it('packs a step as a delta, and fetches it with its parent past a hostile peer', async () => {
  const root = await temporaryDirectory()
  const child = childOf(first, 1)
  const [parent, { dir }] = [await put(root, first), await put(root, child)]
  const [bundles, out] = [join(root, 'bundles'), join(root, 'fetched')]
  const whole = await run('pack', parent.dir, '--out', bundles)
  const link = ['--parent', parent.dir, '--parent-package', packageIn(whole.output)]
  const delta = await run('pack', dir, '--out', bundles, ...link)
  expect(delta.output).toMatch(
    new RegExp(`policy ${child.manifestHash}: [\\d,]+ of [\\d,]+ bytes \\(\\d\\.\\d\\d %\\)`),
  )

  const store = directoryStore(bundles)
  const hostile = await startRelay(store, hostileAnswers['wrong bytes'])
  const honest = await startRelay(store)
  await mkdir(out)
  const uri = `${hostile.url}/${packageIn(delta.output)}`
  const fetched = await run('fetch', uri, '--out', out, '--peer', honest.url)
  expect(fetched).toMatchObject({ code: 0, output: expect.stringContaining(`dropped peer: ${hostile.url}`) })
  expect(await readCheckpoint(join(out, child.manifestHash))).toEqual(child)
  expect((await readdir(out)).toSorted()).toEqual([first.manifestHash, child.manifestHash].toSorted())
})

it('ends with the code and what each peer did', async () => {
  const out = await temporaryDirectory()
  const { code, output } = await run('fetch', `http://127.0.0.1:1/${'0'.repeat(64)}`, '--out', out)
  expect(code).toBe(1)
  expect(output).toContain('PEERS_EXHAUSTED')
  expect(output).toContain('http://127.0.0.1:1:')
})
