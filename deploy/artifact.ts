import { readFileSync } from 'node:fs'
import type { Abi, Hex } from 'viem'
import { SubnetError } from '../shared/errors.ts'

export interface Artifact {
  readonly abi: Abi
  readonly bytecode: Hex
}

/** @throws SubnetError CONTRACTS_NOT_BUILT */
export function readArtifact(contract: string): Artifact {
  return readBuilt(`contracts/${contract}.sol/${contract}.json`)
}

/** @param path Solidity import path of the file that declares `contract` */
export function readPackageArtifact(path: string, contract: string): Artifact {
  return readBuilt(`${path}/${contract}.json`)
}

function readBuilt(path: string): Artifact {
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
