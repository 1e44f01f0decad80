import { zeroHash } from 'viem'
import { SubnetError } from '../errors.ts'
import { type Bonds, noBonds } from '../protocol/bonds.ts'
import { settlementAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readSettlement } from './read-settlement.ts'
import { readSettlements } from './read-settlements.ts'

/** The bonds that the next settlement starts from. */
export async function readBonds(chain: ChainContext): Promise<Bonds> {
  const request = { address: chain.deployment.contracts.settlement, abi: settlementAbi } as const
  const [digest, epoch] = await askChain('read the latest bonds', () =>
    Promise.all([
      chain.publicClient.readContract({ ...request, functionName: 'bondsDigest' }),
      chain.publicClient.readContract({ ...request, functionName: 'bondsEpoch' }),
    ]),
  )
  if (digest === zeroHash) return noBonds
  const settlement = await readSettlement(chain, Number(epoch))
  if (settlement) return settlement.bonds
  throw new SubnetError('CHAIN_INCONSISTENT', `the endpoint does not show the bonds of epoch ${epoch}`, {
    retryable: true,
    details: { epoch: Number(epoch) },
  })
}

/** The bonds that the settlement of a past epoch started from. */
export async function readBondsBefore(chain: ChainContext, epoch: number): Promise<Bonds> {
  for (let end = epoch; end > 0; end -= epochsAtOnce) {
    const epochs = Array.from({ length: Math.min(end, epochsAtOnce) }, (_, i) => end - 1 - i)
    const settled = (await readSettlements(chain, epochs)).findLast(({ voided }) => !voided)
    if (settled) return settled.bonds
  }
  return noBonds
}

/** A voided epoch leaves bonds as they are, so the search goes on before it. */
const epochsAtOnce = 8
