import type { Hex } from 'viem'
import { evmPublicKey } from '../beacon/evm-points.ts'
import { SubnetError } from '../errors.ts'
import { drandBeaconAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** What the chain verifies beacons against. */
export interface BeaconConfig {
  /** 256 bytes, an uncompressed point of G2. */
  readonly publicKey: Hex
  readonly genesisTime: number
  readonly period: number
}

export async function readBeaconConfig({ publicClient, deployment }: ChainContext): Promise<BeaconConfig> {
  const contract = { address: deployment.contracts.drandBeacon, abi: drandBeaconAbi } as const
  const [publicKey, genesisTime, period] = await askChain('read the beacon configuration', () =>
    Promise.all([
      publicClient.readContract({ ...contract, functionName: 'publicKey' }),
      publicClient.readContract({ ...contract, functionName: 'genesisTime' }),
      publicClient.readContract({ ...contract, functionName: 'period' }),
    ]),
  )
  return { publicKey, genesisTime: Number(genesisTime), period: Number(period) }
}

/**
 * Makes sure that the deployment file trusts the same beacon as the chain does.
 * @throws SubnetError BEACON_MISMATCH
 */
export async function assertBeaconConfig(chain: ChainContext): Promise<void> {
  const { publicKey, genesisTime, period } = await readBeaconConfig(chain)
  const { beacon } = chain.deployment
  const agrees =
    publicKey === evmPublicKey(beacon) && genesisTime === beacon.genesisTime && period === beacon.period
  if (agrees) return
  throw new SubnetError(
    'BEACON_MISMATCH',
    'the deployment file names another beacon than the contract verifies against: its key, genesis time or period is wrong. Get the file again from whoever runs the subnet.',
    { details: { onChain: { publicKey, genesisTime, period }, file: beacon } },
  )
}
