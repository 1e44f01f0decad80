import type { ChainContext } from '../../shared/chain/connect.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { type Identity, readEntity } from '../../shared/chain/read-entity.ts'
import { print } from '../print.ts'
import { type Performed, renderPerformed } from './perform.ts'
import { formatTokens } from './token-amount.ts'

/** What was done to an identity, and what it is now. */
export async function reportIdentity(
  chain: ChainContext,
  { role, uid }: Pick<Identity, 'role' | 'uid'>,
  performed: readonly Performed[],
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
): Promise<void> {
  const [identity, block] = await Promise.all([readEntity(chain, role, uid), readBlockNumber(chain)])
  const lines = performed.length > 0 ? [renderPerformed(performed)] : ['nothing to send']
  print(
    json,
    { ...identity, block, dryRun, calls: performed },
    [...lines, renderIdentity(identity, block)].join('\n'),
  )
}

export function renderIdentity({ role, uid, standing, stake, exitAt }: Identity, block: bigint): string {
  const bond = `${role} ${uid} is ${standing}, with ${formatTokens(stake)} tokens`
  if (exitAt === null || standing !== 'exiting') return bond
  const when = exitAt <= block ? 'now' : `from block ${exitAt} on, in ${exitAt - block} blocks`
  return `${bond} that \`rollproof exit\` pays back ${when}`
}
