import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Deployment } from '../../shared/chain/deployment.ts'
import type { Registered } from '../devnet/conductor.ts'
import { journalOf } from '../devnet/outcome.ts'

const given = {
  miner: "SELECT 1 FROM windows WHERE window = ? AND state = 'missed'",
  validator: 'SELECT 1 FROM abstentions WHERE epoch = ?',
}

/** Whether a role has noted that it will not do its part in a window any more: nobody needs to wait for it. */
export function hasGivenUp(deployment: Deployment, participant: Registered, window: number): boolean {
  const path = journalOf(deployment, participant)
  if (!existsSync(path)) return false
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare(given[participant.role]).get(window) !== undefined
  } catch {
    return false // It has just begun, and has no tables yet.
  } finally {
    database.close()
  }
}
