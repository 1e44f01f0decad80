/** What the specification asks of a call, and what comparable networks pay for theirs. */
export interface Target {
  readonly gas: number
  readonly peers?: string
}

export const targets: Readonly<Record<string, Target>> = {
  register: { gas: 120_000, peers: '141k Gensyn registerPeer, 233k Prime registerProvider' },
  'submit beacon': { gas: 170_000, peers: '145,861 for the verification alone' },
  'commit rollout root': { gas: 30_000, peers: '47k for a plain slot' },
  'commit scores': { gas: 46_000 },
  'reveal 256 scores': { gas: 44_000, peers: '388k to store 256 packed weights' },
  'settle 16x256': { gas: 900_000, peers: '17.9M with naive sorting' },
  'settle 64x256': { gas: 3_200_000, peers: '215.9M with naive sorting' },
  'settle 64x256 with bonds': { gas: 5_000_000 },
  claim: { gas: 75_000 },
  'epoch per miner 16x256': { gas: 41_000, peers: '230,947 per participant-round, Gensyn' },
}
