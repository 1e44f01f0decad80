import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashCorpus, parseCorpus } from '../../../model/calibration/corpus.ts'
import { supportedTolerances } from '../../../model/calibration/support.ts'
import { deriveCheckpoint } from '../../../model/checkpoint/checkpoint.ts'
import { sha256 } from '../../../model/checkpoint/hash.ts'
import { canonicalJson } from '../../../model/checkpoint/manifest.ts'
import { readCheckpoint } from '../../../model/checkpoint/read-checkpoint.ts'
import { startProgram } from '../../helpers/program.ts'

const embedded = fileURLToPath(new URL('../../../models/default', import.meta.url))
let root: string
let calibration: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'import-'))
  // The embedded policy's corpus with twice the drift: other tolerances than the build's.
  const corpus = parseCorpus(await readFile(join(embedded, 'calibration.json'), 'utf8'), 'calibration.json')
  const widen = <Found extends { largest: number }>(found: Found) => ({
    ...found,
    largest: 2 * found.largest,
  })
  const wider = {
    ...corpus,
    measurements: corpus.measurements.map((measurement) => ({
      ...measurement,
      candidates: measurement.candidates.map((candidate) => ({
        ...candidate,
        deviations: { ...candidate.deviations, projection: widen(candidate.deviations.projection) },
      })),
    })),
  }
  calibration = join(root, 'corpus.json')
  await writeFile(calibration, canonicalJson(wider))
})
afterAll(() => rm(root, { recursive: true }))

const run = (name: string, ...args: string[]) =>
  startProgram(['policy', 'import', embedded, '--end-token', '0', '--out', join(root, name), ...args]).ended

it('takes tolerances from the corpus that measured the policy, and keeps it beside the manifest', async () => {
  const { code } = await run('measured', '--calibration', calibration)
  expect(code).toBe(0)
  const checkpoint = await readCheckpoint(join(root, 'measured'))
  const { numerics } = checkpoint.manifest
  const corpus = parseCorpus(await readFile(calibration, 'utf8'), calibration)
  expect(numerics).toMatchObject(supportedTolerances(corpus))
  expect(numerics.calibration).toBe(hashCorpus(corpus))
  const kept = await readFile(join(root, 'measured', 'calibration.json'))
  expect(sha256(kept)).toBe(numerics.calibration)
  // Under its own profile it keeps them, for whichever task.
  expect(deriveCheckpoint(checkpoint, { profile: 'fast' }).manifest.numerics).toEqual(numerics)
  expect(deriveCheckpoint(checkpoint, { profile: 'exact' }).manifest.numerics.calibration).toBeNull()
})

it.each([
  ['of another temperature', ['--temperature', '0.5'], 'CALIBRATION_MISMATCH'],
  ['under a profile that tolerates nothing', ['--profile', 'exact'], 'CONFIG_INVALID'],
])('refuses a corpus %s', async (_, args, reason) => {
  const { code, output } = await run('refused', '--calibration', calibration, ...args)
  expect(code).not.toBe(0)
  expect(output).toContain(reason)
  await expect(readCheckpoint(join(root, 'refused'))).rejects.toMatchObject({ code: 'CHECKPOINT_MISSING' })
})
