import { type Address, zeroAddress } from 'viem'
import { subnetGovernorAbi, subnetTokenAbi } from '../abi.ts'
import { askChain } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'

/** What an account counts for in governance; token units. */
export interface Voter {
  readonly account: Address
  readonly balance: bigint
  /** Whom its balance votes through; null while through nobody, when it does not count. */
  readonly delegate: Address | null
  /** Delegated to this account as of the last whole block. */
  readonly votes: bigint
  /** Votes needed to propose. */
  readonly proposalThreshold: bigint
}

export async function readVoter(chain: ChainContext, account: Address): Promise<Voter> {
  const { publicClient, deployment } = chain
  const token = { address: deployment.contracts.token, abi: subnetTokenAbi } as const
  const [balance, delegate, votes, proposalThreshold] = await askChain(`read the votes of ${account}`, () =>
    Promise.all([
      publicClient.readContract({ ...token, functionName: 'balanceOf', args: [account] }),
      publicClient.readContract({ ...token, functionName: 'delegates', args: [account] }),
      publicClient.readContract({ ...token, functionName: 'getVotes', args: [account] }),
      publicClient.readContract({
        address: deployment.contracts.governor,
        abi: subnetGovernorAbi,
        functionName: 'proposalThreshold',
      }),
    ]),
  )
  return { account, balance, delegate: delegate === zeroAddress ? null : delegate, votes, proposalThreshold }
}
