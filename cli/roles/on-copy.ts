import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Role } from '../../shared/chain/role.ts'
import type { Values } from '../settings.ts'
import type { roleSettings } from './role-settings.ts'

export const dryRun = {
  describe: 'do every duty once on a copy of the journal, say what would be sent, and send nothing',
} as const

/** A role's settings; without `dryRun` it is run for good. */
export type Rehearsable<V> = V & { readonly dryRun?: boolean }

/**
 * Lets a role act in its own data directory, or, for a rehearsal, in a throwaway one with a copy of its journals:
 * what it notes there of a window must not be what it goes by when it is run for good. Fetched checkpoints stay.
 */
export async function onCopy<V extends Rehearsable<Values<typeof roleSettings>>>(
  role: Role,
  values: V,
  act: (values: V) => Promise<void>,
): Promise<void> {
  if (!values.dryRun) return act(values)
  const copy = mkdtempSync(join(tmpdir(), 'rollproof-rehearsal-'))
  try {
    copyJournals(role, values.dataDir, copy)
    const checkpointCache = values.checkpointCache ?? join(values.dataDir, 'checkpoints')
    await act({ ...values, dataDir: copy, checkpointCache })
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function copyJournals(role: Role, from: string, to: string): void {
  for (const subnet of namesIn(from).filter((name) => name.startsWith('subnet-'))) {
    mkdirSync(join(to, subnet))
    for (const name of namesIn(join(from, subnet)).filter((file) => isJournal(role, file))) {
      const journal = new DatabaseSync(join(from, subnet, name), { readOnly: true })
      // SQLite's own way: also what lies in the write-ahead log, whether or not the role runs meanwhile.
      journal.prepare('VACUUM INTO ?').run(join(to, subnet, name))
      journal.close()
    }
  }
}

function isJournal(role: Role, name: string): boolean {
  return name.startsWith(`${role}-`) && name.endsWith('.sqlite')
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
