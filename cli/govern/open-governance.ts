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
import { openKey } from '../keys/open-key.ts'
import type { Head } from './render-proposal.ts'

interface Values {
  readonly deployment: string
  readonly rpc: string
  readonly key?: string
  readonly passwordFile?: string | undefined
}

/** @throws SubnetError as `readDeployment`, `openKey` and `connect` */
export async function openGovernance(values: Values): Promise<ChainContext> {
  const { rpc, key, passwordFile } = values
  const deployment = readDeployment(values.deployment)
  const account = key === undefined ? undefined : await openKey({ file: key, passwordFile }, deployment)
  return connect({ rpcUrl: rpc, deployment, account })
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
