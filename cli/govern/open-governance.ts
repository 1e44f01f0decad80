import type { Address } from 'viem'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { type ChainContext, connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import {
  type AnyCall,
  sendTransaction,
  signerOf,
  simulateTransaction,
} from '../../shared/chain/send-transaction.ts'
import { readKeyFile } from '../key-file.ts'
import type { Head } from './render-proposal.ts'

interface Values {
  readonly deployment: string
  readonly rpc: string
  readonly key?: string
}

/** @throws SubnetError as `readDeployment`, `readKeyFile` and `connect` */
export function openGovernance({ deployment, rpc, key }: Values): Promise<ChainContext> {
  return connect({
    rpcUrl: rpc,
    deployment: readDeployment(deployment),
    account: key === undefined ? undefined : readKeyFile(key),
  })
}

export function signerAddress(chain: ChainContext): Address {
  return signerOf(chain).account.address
}

export async function readHead({ publicClient }: ChainContext): Promise<Head> {
  const { number, timestamp } = await askChain('read the head', () => publicClient.getBlock())
  return { block: number, timestamp }
}

/** @returns whether it was sent, not only tried */
export async function sendOrTry(chain: ChainContext, call: AnyCall, dryRun: boolean): Promise<boolean> {
  if (dryRun) await simulateTransaction(chain, call, signerOf(chain).account)
  else await sendTransaction(chain, call)
  return !dryRun
}
