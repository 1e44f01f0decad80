import type { Hex } from 'viem'
import { noBonds } from '../protocol/bonds.ts'
import { committeeOf, keepsBonds } from '../protocol/consensus.ts'
import type { ChainContext } from './connect.ts'
import { packBonds } from './packed-bonds.ts'
import { packUints } from './packed-uints.ts'
import { readActiveStakes } from './read-active-stakes.ts'
import { readBonds } from './read-bonds.ts'
import { readReveals } from './read-reveals.ts'
import { readRules } from './read-rules.ts'

/** What `Settlement` has to be given, as it only keeps hashes of it. */
export interface SettlementInput {
  /** Of the committee's members that revealed, in seat order. */
  readonly rows: readonly Hex[]
  readonly seatsBefore: Hex
  /** By chunk of 256 miners. */
  readonly bondsBefore: readonly Hex[]
  /** How many validators ever registered. */
  readonly validators: number
}

export async function readSettlementInput(chain: ChainContext, epoch: number): Promise<SettlementInput> {
  const [rules, stakes, reveals] = await Promise.all([
    readRules(chain, epoch),
    readActiveStakes(chain, epoch),
    readReveals(chain, epoch),
  ])
  const bonds = keepsBonds(rules) ? await readBonds(chain) : noBonds
  const rowOf = new Map(reveals.map(({ validatorUid, row }) => [validatorUid, row]))
  return {
    rows: committeeOf(stakes, rules, bonds).flatMap((uid) => rowOf.get(uid) ?? []),
    seatsBefore: packUints(bonds.seats, 4),
    bondsBefore: packBonds(bonds),
    validators: stakes.length,
  }
}
