import { type Abi, type Address, getAddress, type Hex, hexToBytes, isAddressEqual, toHex } from 'viem'
import { askChain } from '../shared/chain/ask-chain.ts'
import type { ChainContext } from '../shared/chain/connect.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { type Artifact, readContractArtifact } from './artifact.ts'
import { deploymentOrder } from './plan.ts'
import { readStrayRoles } from './stray-roles.ts'

export interface VerifiedContract {
  readonly contract: string
  readonly address: Address
  /** In words; none where everything is as it should be. */
  readonly differences: readonly string[]
}

/** What the contracts call each other, which is what a deployment file calls them, or not. */
const links: Readonly<Record<string, keyof Deployment['contracts']>> = {
  authority: 'accessManager',
  token: 'token',
  params: 'params',
  registry: 'stakeRegistry',
  beacon: 'drandBeacon',
  rolloutLog: 'rolloutLog',
  policies: 'policyRegistry',
  scoreBook: 'scoreBook',
  vault: 'rewardVault',
  minter: 'rewardVault',
  settler: 'settlement',
  slasher: 'disputes',
  timelock: 'timelock',
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
        ? [...(await readStrayLinks(chain, address, artifact.abi)), ...(strayRoles[name] ?? [])]
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

async function readStrayLinks(chain: ChainContext, address: Address, abi: Abi): Promise<string[]> {
  const { contracts } = chain.deployment
  const getters = abi.filter(
    (item) => item.type === 'function' && item.inputs.length === 0 && item.name in links,
  )
  const found = await Promise.all(
    getters.map(async (getter) => {
      const { name } = getter as { name: string }
      const actual = (await askChain(`read ${name}`, () =>
        chain.publicClient.readContract({ address, abi, functionName: name }),
      )) as Address
      return { name, actual, expected: contracts[links[name]] }
    }),
  )
  return found
    .filter(({ actual, expected }) => !isAddressEqual(actual, expected))
    .map(({ name, actual, expected }) => `${name} is ${getAddress(actual)}, not ${expected}`)
}
