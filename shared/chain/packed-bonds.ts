import type { Hex } from 'viem'
import { type Bonds, noBonds } from '../protocol/bonds.ts'
import { packUints, unpackUints } from './packed-uints.ts'

/** Miners that `Settlement` decides at once. */
const chunkMiners = 256

/** The matrix by chunk, as `Settlement` emits it and takes it back. */
export function packBonds({ columns }: Bonds): Hex[] {
  const count = Math.ceil(columns.length / chunkMiners)
  return Array.from({ length: count }, (_, chunk) => {
    return packUints(columns.slice(chunkMiners * chunk, chunkMiners * (chunk + 1)).flat(), 2)
  })
}

export function unpackBonds(seats: readonly number[], packed: Hex): Bonds {
  const values = unpackUints(packed, 2)
  if (values.length === 0) return noBonds
  const columns = Array.from({ length: values.length / seats.length }, (_, uid) => {
    return values.slice(seats.length * uid, seats.length * (uid + 1))
  })
  return { seats, columns }
}
