import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readKeyFile } from '../cli/key-file.ts'
import { openChain } from '../shared/chain/connect.ts'
import { SubnetError } from '../shared/errors.ts'
import { parseSubnetConfig } from './config.ts'
import { deploySubnet } from './deploy.ts'

const usage =
  'usage: node deploy/main.ts --rpc URL --chain-id N --key-file PATH --config FILE.json --out DEPLOYMENT.json'

/** Deploys a subnet to any JSON-RPC chain that has EIP-2537, and writes its deployment file. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rpc: { type: 'string' },
      'chain-id': { type: 'string' },
      'key-file': { type: 'string' },
      config: { type: 'string' },
      out: { type: 'string' },
    },
  })
  const { rpc, 'chain-id': chainId, 'key-file': keyFile, config: configFile, out } = values
  if (!rpc || !chainId || !keyFile || !configFile || !out) throw new SubnetError('CONFIG_INVALID', usage)
  const config = parseSubnetConfig(readText(configFile), configFile)
  const account = readKeyFile(keyFile)
  const chain = await openChain({ rpcUrl: rpc, chainId: Number(chainId), account })
  // Opened before anything is paid for, and never over an older file: its addresses may hold money.
  const file = createFile(out)
  const deployment = await deploySubnet(chain, config).catch((error) => {
    rmSync(out)
    throw error
  })
  writeSync(file, `${JSON.stringify(deployment, null, 2)}\n`)
  closeSync(file)
  console.log(`deployed ${deployment.name}: window 0 starts at block ${deployment.startBlock}; wrote ${out}`)
}

function createFile(path: string): number {
  try {
    return openSync(path, 'wx')
  } catch (cause) {
    throw new SubnetError('CONFIG_INVALID', `cannot create ${path}: it exists, or its folder does not`, {
      details: { path },
      cause,
    })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError('CONFIG_INVALID', `cannot read ${path}`, { details: { path }, cause })
  }
}

try {
  await main()
} catch (error) {
  const known = error instanceof SubnetError
  console.error(known ? `${error.code}: ${error.message}` : error)
  process.exitCode = 1
}
