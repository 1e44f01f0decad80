import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'

const uint32 = { type: 'uint32' } as const

/**
 * Every random bit of the network starts here: seed = keccak256(abi.encode(tag, …)), so that a contract can
 * recompute it. The tag separates domains: no seed of one kind can be passed off as another.
 */

/** S_w. Neither the proposer of the block nor drand alone can choose it, and nobody can know it early. */
export function windowSeed(input: {
  chainId: number
  rolloutLog: Address
  window: number
  blockHash: Hex
  randomness: Hex
}): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'string' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'uint64' },
        { type: 'bytes32' },
        { type: 'bytes32' },
      ],
      [
        'window',
        BigInt(input.chainId),
        input.rolloutLog,
        BigInt(input.window),
        input.blockHash,
        input.randomness,
      ],
    ),
  )
}

/** A_w. Its beacon round comes after the commit deadline, so no miner knows what will be audited. */
export function auditSeed(windowSeedHex: Hex, randomness: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'bytes32' }, { type: 'bytes32' }],
      ['audit', windowSeedHex, randomness],
    ),
  )
}

/**
 * A seed below S_w or A_w, keyed by small integers (uids, group, rollout).
 *
 * A miner is its uid, not its hot key: a hot key can be rotated after S_w is known, and a miner that may choose
 * its key may choose its problems. uids are sequential, never reused and fixed before the window opens.
 */
export function childSeed(tag: string, parent: Hex, ...indices: readonly number[]): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'bytes32' }, ...indices.map(() => uint32)],
      [tag, parent, ...indices],
    ),
  )
}

/** As `childSeed`, bound to tokens as well: nobody can know it until they are fixed. */
export function tokenBoundSeed(
  tag: string,
  parent: Hex,
  tokensHash: Hex,
  ...indices: readonly number[]
): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'bytes32' }, { type: 'bytes32' }, ...indices.map(() => uint32)],
      [tag, parent, tokensHash, ...indices],
    ),
  )
}

/** keccak256 of token ids as packed big-endian uint32: what prompts and completions are known by. */
export function hashTokens(tokens: readonly number[]): Hex {
  const bytes = new Uint8Array(4 * tokens.length)
  const view = new DataView(bytes.buffer)
  for (let t = 0; t < tokens.length; t++) view.setUint32(4 * t, tokens[t])
  return keccak256(bytes)
}
