import { zstdCompressSync } from 'node:zlib'
import { keccak256 } from 'viem'
import { encodeHeader } from '../../shared/protocol/bundle.ts'
import type { BundleIdentity } from '../../shared/protocol/rollout.ts'

export function joinBytes(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))))
}

export function compressed(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return new Uint8Array(zstdCompressSync(joinBytes(...parts)))
}

/** A bundle of whatever bytes for groups, under a header that names them: what a cheat can commit to. */
export function sealedItems(identity: BundleIdentity, groups: readonly Uint8Array[]): Uint8Array {
  const { chainId, subnet, window, miner, policy } = identity
  const groupHashes = groups.map((bytes) => keccak256(bytes))
  const header = encodeHeader({ chainId, subnet, window, miner, policy, groupHashes })
  return joinBytes(...[header, ...groups].map((item) => compressed(item)))
}
