import { readFileSync } from 'node:fs'
import type { Abi, Hex } from 'viem'
import { SubnetError } from '../shared/errors.ts'

export interface Artifact {
  readonly abi: Abi
  readonly bytecode: Hex
  /** What a deployment leaves on chain, with zeros where immutables go. */
  readonly deployedBytecode: Hex
  /** Places in bytes, by the declaration's id in the compiler's tree. */
  readonly immutableReferences?: Readonly<Record<string, readonly { start: number; length: number }[]>>
}

/** Contracts that are used as OpenZeppelin ships them, by the folder of their artifact. */
const packaged: Readonly<Record<string, string>> = {
  AccessManager: '@openzeppelin/contracts/access/manager',
}

/** @throws SubnetError CONTRACTS_NOT_BUILT */
export function readContractArtifact(contract: string): Artifact {
  const path = `${packaged[contract] ?? 'contracts'}/${contract}.sol/${contract}.json`
  try {
    const artifact = readFileSync(new URL(`../artifacts/${path}`, import.meta.url), 'utf8')
    return JSON.parse(artifact) as Artifact
  } catch (cause) {
    throw new SubnetError('CONTRACTS_NOT_BUILT', `no artifact ${path}. Run: hardhat build`, {
      details: { path },
      cause,
    })
  }
}
