import { readFileSync } from 'node:fs'
import { network } from 'hardhat'
import { type Abi, custom, type Hex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { createClients } from '../../shared/chain/connect.ts'

/** Calls a function of a contract of contracts/test, which lets libraries be tested from outside. */
export type Harness = (functionName: string, args: readonly unknown[]) => Promise<unknown>

export async function deployHarness(contract: string): Promise<Harness> {
  const { provider } = await network.create()
  const account = mnemonicToAccount('test test test test test test test test test test test junk')
  const clients = createClients({ transport: custom(provider, { retryCount: 0 }), chainId: 31_337, account })
  const path = `../../artifacts/contracts/test/${contract}.sol/${contract}.json`
  const { abi, bytecode } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
    abi: Abi
    bytecode: Hex
  }
  const hash = await clients.walletClient?.deployContract({ abi, bytecode, args: [] })
  if (!hash) throw new Error('no signer')
  const { contractAddress } = await clients.publicClient.waitForTransactionReceipt({ hash })
  if (!contractAddress) throw new Error(`${contract} was not deployed`)
  const address = contractAddress
  return (functionName, args) => clients.publicClient.readContract({ address, abi, functionName, args })
}
