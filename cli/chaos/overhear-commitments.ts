import { DatabaseSync } from 'node:sqlite'
import type { Hex } from 'viem'
import type { Deployment } from '../../shared/chain/deployment.ts'
import type { Registered } from '../devnet/conductor.ts'
import { journalOf } from '../devnet/outcome.ts'
import type { Exchange } from './link.ts'
import { commitmentsIn, type SignedCommitment } from './signed-commitments.ts'

/** Notes every commitment that passes a link, with what the miner's journal then says it answers. */
export function overhearCommitments(
  deployment: Deployment,
  participant: Registered,
  into: SignedCommitment[],
) {
  const openings = new Map<Hex, string>()
  return ({ body }: Exchange) => {
    for (const { kind, of, commits } of commitmentsIn(body, deployment)) {
      // An answer that was replaced since is offered again in the bytes that it was first signed in.
      const opening = kind === 'root' ? (openings.get(commits) ?? readOpening(commits)) : null
      if (opening !== null) openings.set(commits, opening)
      into.push({ role: participant.name, kind, of, commits, opening })
    }
  }

  function readOpening(root: Hex): string | null {
    const database = new DatabaseSync(journalOf(deployment, participant), { readOnly: true })
    try {
      const row = database.prepare('SELECT opening FROM windows WHERE root = ?').get(root)
      return row ? String((row as { opening: string }).opening) : null
    } finally {
      database.close()
    }
  }
}
