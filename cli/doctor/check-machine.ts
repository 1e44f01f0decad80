import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { Machine } from './machine.ts'

const gibibyte = 2 ** 30
const inGibibytes = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`

/** A role keeps bundles, checkpoints and its journal in its data directory. */
export async function checkDisk(dataDir: string, machine: Machine): Promise<Finding> {
  const probe = join(dataDir, `.doctor-${process.pid}`)
  try {
    await mkdir(dataDir, { recursive: true })
    await writeFile(probe, 'x', { flush: true })
    await rm(probe)
  } catch (error) {
    const fix = 'name a --data-dir that this user may write to'
    return fail('disk', `cannot write to ${dataDir}: ${(error as Error).message}`, fix)
  }
  const free = await machine.freeDiskBytes(dataDir)
  const found = `${inGibibytes(free)} free at ${dataDir}`
  const fix = 'free space, or name a --data-dir on a larger disk'
  if (free < gibibyte) return fail('disk', found, fix)
  return free < 10 * gibibyte ? warn('disk', found, fix) : ok('disk', found)
}

/** What `npm run bench` measured for the embedded policy is a third of a GiB; larger policies take more. */
export function checkMemory(machine: Machine): Finding {
  const free = machine.freeMemoryBytes()
  const found = `${inGibibytes(free)} free`
  const fix = 'give the machine or its container more memory, or stop what else runs on it'
  if (free < gibibyte / 2) return fail('memory', found, fix)
  return free < 2 * gibibyte ? warn('memory', found, fix) : ok('memory', found)
}

/** Read only, so that a running role is not disturbed. */
export function checkJournal(path: string): Finding {
  if (!existsSync(path)) return ok('journal', `none at ${path} yet`)
  const fix = 'move the file away: the role then starts from what the chain says'
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      const { quick_check: finding } = database.prepare('PRAGMA quick_check(1)').get() as Record<
        string,
        string
      >
      return finding === 'ok'
        ? ok('journal', `${path} is sound`)
        : fail('journal', `${path}: ${finding}`, fix)
    } finally {
      database.close()
    }
  } catch (error) {
    return fail('journal', `${path}: ${(error as Error).message}`, fix)
  }
}
