import type { Hex } from 'viem'
import { epochEnd, revealEnd } from '../protocol/schedule.ts'
import { scoreBookAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { unpackUints } from './packed-uints.ts'
import { readPages } from './read-pages.ts'
import { readSchedule } from './read-schedule.ts'

export interface ScoreReveal {
  readonly validatorUid: number
  /** As it was revealed: what its digest on chain is of. */
  readonly row: Hex
  readonly weights: readonly number[]
  readonly salt: Hex
  readonly evidenceRoot: Hex
}

/** All rows revealed for an epoch, in uid order, as `Settlement` takes them. */
export async function readReveals(chain: ChainContext, epoch: number): Promise<ScoreReveal[]> {
  const schedule = await readSchedule(chain)
  const events = await askChain(`read the scores of epoch ${epoch}`, () =>
    readPages(chain, { fromBlock: epochEnd(schedule, epoch), toBlock: revealEnd(schedule, epoch) }, (page) =>
      chain.publicClient.getContractEvents({
        address: chain.deployment.contracts.scoreBook,
        abi: scoreBookAbi,
        eventName: 'ScoresRevealed',
        args: { epoch: BigInt(epoch) },
        ...page,
        strict: true,
      }),
    ),
  )
  return events
    .map(({ args: { validatorUid, row, salt, evidenceRoot } }) => {
      return { validatorUid, row, weights: unpackUints(row, 2), salt, evidenceRoot }
    })
    .sort((a, b) => a.validatorUid - b.validatorUid)
}
