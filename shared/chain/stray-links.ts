import { type Address, isAddressEqual } from 'viem'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type ContractName, contractAbis } from './contract-abis.ts'

/** What contracts call each other, which is what a deployment file calls them, or not. */
const partners: Readonly<Record<string, ContractName>> = {
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

/** A contract that names another than the deployment file does. */
export interface StrayLink {
  /** The function that tells. */
  readonly getter: string
  readonly actual: Address
  readonly expected: Address
}

/** Where a contract of a deployment file names others than the file does: they are of different subnets. */
export async function readStrayLinks(
  { publicClient, deployment }: ChainContext,
  name: ContractName,
): Promise<StrayLink[]> {
  const { contracts } = deployment
  const abi = contractAbis[name]
  const getters = abi.flatMap((entry) =>
    entry.type === 'function' && entry.inputs.length === 0 && entry.name in partners ? [entry.name] : [],
  )
  const links = await Promise.all(
    getters.map(async (getter) => {
      const actual = await askChain(`read ${getter}`, () =>
        publicClient.readContract({ address: contracts[name], abi, functionName: getter }),
      )
      return { getter, actual: actual as Address, expected: contracts[partners[getter]] }
    }),
  )
  return links.filter(({ actual, expected }) => !isAddressEqual(actual, expected))
}
