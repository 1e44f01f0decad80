import { createSeededRandom } from '../../test/helpers/seeded-random.ts'

/** Deterministic choices: the same seed gives the same mutation, so that a finding is a number. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Uint8Array
}

export function createRandom(seed: number): Random {
  const next = createSeededRandom(seed)
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    below,
    pick: (items) => items[below(items.length)],
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}
