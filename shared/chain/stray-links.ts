import type { Abi } from 'viem'
import {
  disputesAbi,
  policyRegistryAbi,
  rewardVaultAbi,
  rolloutLogAbi,
  scoreBookAbi,
  settlementAbi,
  stakeRegistryAbi,
} from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import type { Deployment } from './deployment.ts'

type ContractName = keyof Deployment['contracts']

const abis = {
  stakeRegistry: stakeRegistryAbi,
  rolloutLog: rolloutLogAbi,
  policyRegistry: policyRegistryAbi,
  scoreBook: scoreBookAbi,
  rewardVault: rewardVaultAbi,
  settlement: settlementAbi,
  disputes: disputesAbi,
} as const satisfies Partial<Record<ContractName, Abi>>

/** What contracts call each other. */
const partners: Readonly<Record<string, ContractName>> = {
  token: 'token',
  params: 'params',
  registry: 'stakeRegistry',
  beacon: 'drandBeacon',
  rolloutLog: 'rolloutLog',
  policies: 'policyRegistry',
  scoreBook: 'scoreBook',
  vault: 'rewardVault',
}

/** Where contracts of a deployment file name others than the file does: they are of different subnets. */
export async function strayLinks({ publicClient, deployment }: ChainContext): Promise<string[]> {
  const { contracts } = deployment
  const links = Object.entries(abis).flatMap(([name, abi]) =>
    gettersOf(abi).map((getter) => ({ name: name as ContractName, abi: abi as Abi, getter })),
  )
  const found = await askChain('read how the contracts are wired', () =>
    Promise.all(
      links.map(({ name, abi, getter }) =>
        publicClient.readContract({ address: contracts[name], abi, functionName: getter }),
      ),
    ),
  )
  return links.flatMap(({ name, getter }, i) => {
    const expected = contracts[partners[getter]]
    return found[i] === expected ? [] : [`${name} works with ${getter} ${found[i]}, not ${expected}`]
  })
}

function gettersOf(abi: Abi): string[] {
  return abi.flatMap((entry) =>
    entry.type === 'function' && entry.inputs.length === 0 && entry.name in partners ? [entry.name] : [],
  )
}
