import { readFileSync } from 'node:fs'

const vectors = new URL('../vectors/quicknet.json', import.meta.url)

/** drand's published chain info and recorded rounds, as its relays answered them. */
export const recorded: {
  readonly info: {
    readonly public_key: string
    readonly period: number
    readonly genesis_time: number
    readonly hash: string
    readonly groupHash: string
    readonly schemeID: string
    readonly metadata: { readonly beaconID: string }
  }
  readonly rounds: readonly { round: number; randomness: string; signature: string }[]
} = JSON.parse(readFileSync(vectors, 'utf8'))
