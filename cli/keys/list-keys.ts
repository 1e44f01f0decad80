import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import { SubnetError } from '../../shared/errors.ts'
import { peekAddress } from './open-key.ts'

export interface ListedKey {
  readonly file: string
  readonly address: Address | null
  readonly kind: 'keystore' | 'plain text' | 'unusable'
  /** What to mend; null for nothing. */
  readonly problem: string | null
}

/** What a folder's files are, without opening any. @throws SubnetError KEY_UNREADABLE */
export function listKeys(dir: string): ListedKey[] {
  return filesIn(dir).map((name) => describeKey(join(dir, name)))
}

function describeKey(file: string): ListedKey {
  try {
    const { address, plain } = peekAddress(file)
    if (!plain) return { file, address, kind: 'keystore', problem: null }
    const problem = `in plain text: rollproof keys import NEW-FILE --from ${file}`
    return { file, address, kind: 'plain text', problem }
  } catch (error) {
    if (!(error instanceof SubnetError)) throw error
    return { file, address: null, kind: 'unusable', problem: `${error.code}: ${error.message}` }
  }
}

function filesIn(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort()
  } catch (cause) {
    throw new SubnetError('KEY_UNREADABLE', `cannot read the folder ${dir}: ${(cause as Error).message}`, {
      details: { dir },
      cause,
    })
  }
}
