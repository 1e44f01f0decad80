import { type Address, getAddress, type Hex, hexToBytes, toHex } from 'viem'
import { askChain } from '../shared/chain/ask-chain.ts'
import type { ChainContext } from '../shared/chain/connect.ts'
import { readStrayLinks, type StrayLink } from '../shared/chain/stray-links.ts'
import { type Artifact, readContractArtifact } from './artifact.ts'
import { deploymentOrder } from './plan.ts'
import { readStrayRoles } from './stray-roles.ts'

export interface VerifiedContract {
  readonly contract: string
  readonly address: Address
  /** In words; none where everything is as it should be. */
  readonly differences: readonly string[]
}

/**
 * Whether a subnet is what this source compiles to: every contract's runtime code, immutables aside, then whom each
 * names as the others, which only genuine code answers truthfully, and who holds the roles.
 * @throws SubnetError as `askChain`, CONTRACTS_NOT_BUILT
 */
export async function verifyDeployment(chain: ChainContext): Promise<readonly VerifiedContract[]> {
  const strayRoles = await readStrayRoles(chain)
  return Promise.all(
    deploymentOrder.map(async ([name, contract]) => {
      const address = chain.deployment.contracts[name]
      const artifact = readContractArtifact(contract)
      const code = await askChain(`look for ${contract}`, () => chain.publicClient.getCode({ address }))
      const differences = isCompiledFrom(code ?? '0x', artifact)
        ? [...(await readStrayLinks(chain, name)).map(describeLink), ...(strayRoles[name] ?? [])]
        : ['its code is not what this source compiles to']
      return { contract, address, differences }
    }),
  )
}

function isCompiledFrom(code: Hex, artifact: Artifact): boolean {
  return (
    code.length === artifact.deployedBytecode.length &&
    masked(code, artifact) === masked(artifact.deployedBytecode, artifact)
  )
}

function masked(code: Hex, { immutableReferences = {} }: Artifact): Hex {
  const bytes = hexToBytes(code)
  for (const { start, length } of Object.values(immutableReferences).flat())
    bytes.fill(0, start, start + length)
  return toHex(bytes)
}

function describeLink({ getter, actual, expected }: StrayLink): string {
  return `${getter} is ${getAddress(actual)}, not ${expected}`
}
