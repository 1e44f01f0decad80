import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { network } from 'hardhat'
import { type Address, type Hex, keccak256, numberToHex, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { subnetTokenAbi } from '../../shared/chain/abi.ts'
import { type ChainContext, openChain } from '../../shared/chain/connect.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { deployer, testConfig } from '../contracts/subnet.ts'

/** A subnet on a chain of its own behind a port, as programs reach it. */
export interface ServedSubnet extends ChainContext {
  /** For what a test writes; goes with the chain. */
  readonly folder: string
  readonly rpcUrl: string
  readonly deploymentFile: string
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>
  mine(blocks: bigint): Promise<void>
  /** Gas money, and so many token units. */
  fund(address: Address, tokens: bigint): Promise<void>
  close(): Promise<void>
}

export async function serveSubnet(config: SubnetConfig = testConfig): Promise<ServedSubnet> {
  const server = await network.createServer('node', '127.0.0.1', 0)
  const { address: host, port } = await server.listen()
  const rpcUrl = `http://${host}:${port}`
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  const clients = await openChain({ rpcUrl, chainId: 31_337, account: deployer })
  const chain = { ...clients, deployment: await deploySubnet(clients, config) }
  const deploymentFile = join(folder, 'deployment.json')
  writeFileSync(deploymentFile, JSON.stringify(chain.deployment))
  const rpc = (method: string, params: readonly unknown[] = []) =>
    chain.publicClient.request({ method, params } as never) as Promise<unknown>
  return {
    ...chain,
    folder,
    rpcUrl,
    deploymentFile,
    rpc,
    async mine(blocks) {
      await rpc('hardhat_mine', [numberToHex(blocks)])
    },
    async fund(address, tokens) {
      await rpc('hardhat_setBalance', [address, numberToHex(10n ** 20n)])
      const { token } = chain.deployment.contracts
      const args = [address, tokens] as const
      await sendTransaction(chain, { address: token, abi: subnetTokenAbi, functionName: 'transfer', args })
    },
    async close() {
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A key that everybody who knows its name can derive. */
export function namedKey(name: string): { readonly key: Hex; readonly account: PrivateKeyAccount } {
  const key = keccak256(toHex(name))
  return { key, account: privateKeyToAccount(key) }
}
