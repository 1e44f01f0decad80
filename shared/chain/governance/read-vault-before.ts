import { zeroAddress } from 'viem'
import { epochEnd } from '../../protocol/schedule.ts'
import { rewardVaultAbi } from '../abi.ts'
import { askChain } from '../ask-chain.ts'
import type { ChainContext } from '../connect.ts'
import { readPages } from '../read-pages.ts'
import { readSchedule } from '../read-schedule.ts'

/** The vault as it stood when an epoch was about to be settled; token units. */
export interface VaultBefore {
  readonly carried: bigint
  /** What could still be minted. */
  readonly budget: bigint
  readonly hasTreasury: boolean
  scheduled(epoch: number): Promise<bigint>
}

/** @param epoch a settled one, or the next to be settled */
export async function readVaultBefore(chain: ChainContext, epoch: number): Promise<VaultBefore> {
  const { publicClient, deployment } = chain
  const vault = { address: deployment.contracts.rewardVault, abi: rewardVaultAbi } as const
  const schedule = await readSchedule(chain)
  return askChain('read the vault', async () => {
    const [budget, emitted, treasury, funded] = await Promise.all([
      publicClient.readContract({ ...vault, functionName: 'budget' }),
      publicClient.readContract({ ...vault, functionName: 'emitted' }),
      publicClient.readContract({ ...vault, functionName: 'treasury' }),
      readPages(chain, { fromBlock: epochEnd(schedule, Math.max(0, epoch - 1)) }, (page) =>
        publicClient.getContractEvents({ ...vault, ...page, eventName: 'EpochFunded', strict: true }),
      ),
    ])
    const since = funded.filter(({ args }) => Number(args.epoch) >= epoch)
    const emittedSince = since.reduce((sum, { args }) => sum + args.total + args.toTreasury, 0n)
    const before = funded.find(({ args }) => Number(args.epoch) === epoch - 1)
    return {
      carried: before?.args.carried ?? 0n,
      budget: budget - emitted + emittedSince,
      hasTreasury: treasury !== zeroAddress,
      scheduled: (of) =>
        askChain(`read the emission of epoch ${of}`, () =>
          publicClient.readContract({ ...vault, functionName: 'scheduled', args: [BigInt(of)] }),
        ),
    }
  })
}
