import { keccak256, toHex, zeroHash } from 'viem'
import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'

/** What a subnet starts with. */
export const firstPolicy: PublishedPolicy = {
  manifestHash: keccak256(toHex('first')),
  parent: zeroHash,
  recordHash: zeroHash,
  environmentId: keccak256(toHex('word-problems')),
  environmentHash: keccak256(toHex('parameters')),
  activationWindow: 0,
  uri: 'https://models.example/first',
}

export function updateOf(parent: PublishedPolicy, name: string, activationWindow: number): PublishedPolicy {
  return {
    ...parent,
    manifestHash: keccak256(toHex(name)),
    parent: parent.manifestHash,
    recordHash: keccak256(toHex(`record of ${name}`)),
    activationWindow,
    uri: `https://models.example/${name.replaceAll(' ', '-')}`,
  }
}
