import type { ChainContext } from '../../shared/chain/connect.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import type { Registered } from '../devnet/conductor.ts'

/** Who did their part in a window that is over: committed an answer, or revealed a row of scores. One epoch each. */
export async function readDuties(
  chain: ChainContext,
  participants: readonly Registered[],
  window: number,
): Promise<Set<string>> {
  const miners = (await readCommitments(chain, window)).map(({ minerUid }) => minerUid)
  const validators = (await readReveals(chain, window)).map(({ validatorUid }) => validatorUid)
  const did = participants.filter(({ role, uid }) => (role === 'miner' ? miners : validators).includes(uid))
  return new Set(did.map(({ name }) => name))
}
