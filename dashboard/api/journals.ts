import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A validator's journal that lies on this machine. */
export interface JournalFile {
  readonly validator: number
  readonly path: string
}

/**
 * Journals of validators in a role's data directory, or in each role's directory below it, as a devnet has them.
 * @param subnet name of the folder that holds what belongs to one subnet
 */
export function findJournals(dataDir: string, subnet: string): JournalFile[] {
  const below = readdirSync(dataDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(dataDir, name))
  return [dataDir, ...below]
    .map((directory) => join(directory, subnet))
    .filter(existsSync)
    .flatMap((directory) =>
      readdirSync(directory).flatMap((name) => {
        const uid = /^validator-(\d{1,10})\.sqlite$/.exec(name)?.[1]
        return uid === undefined ? [] : { validator: Number(uid), path: join(directory, name) }
      }),
    )
}
