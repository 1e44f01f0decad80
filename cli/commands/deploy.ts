import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { Command } from 'commander'
import { openChain } from '../../shared/chain/connect.ts'
import { SubnetError } from '../../shared/errors.ts'
import { readKeyFile } from '../key-file.ts'
import { addSettings, count, httpUrl, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of a chain that has EIP-2537', schema: httpUrl },
  chainId: {
    value: 'n',
    describe: 'id of the chain that is meant; another one behind the endpoint is refused',
    schema: count(1, Number.MAX_SAFE_INTEGER),
  },
  key: { value: 'file', describe: 'file with the key that pays and becomes administrator', schema: text },
  subnet: {
    value: 'file',
    describe: 'JSON with schedule, rules, token and beacon; see docs/subnet.example.json',
    schema: text,
  },
  out: { value: 'file', describe: 'where to write the deployment file; never overwritten', schema: text },
} as const satisfies Settings

export function deployCommand(): Command {
  const command = addSettings(new Command('deploy'), settings)
    .description('deploy the contracts of a subnet and write its deployment file')
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      // Loaded only here: no other command needs the compiled contracts.
      const [{ parseSubnetConfig }, { deploySubnet }] = await Promise.all([
        import('../../deploy/config.ts'),
        import('../../deploy/deploy.ts'),
      ])
      const config = parseSubnetConfig(readText(values.subnet), values.subnet)
      const account = readKeyFile(values.key)
      const chain = await openChain({ rpcUrl: values.rpc, chainId: values.chainId, account })
      // Opened before anything is paid for, and never over an older file: its addresses may hold money.
      const file = createFile(values.out)
      const deployment = await deploySubnet(chain, config).catch((error) => {
        rmSync(values.out)
        throw error
      })
      writeSync(file, `${JSON.stringify(deployment, null, 2)}\n`)
      closeSync(file)
      console.log(
        `deployed ${deployment.name}: window 0 starts at block ${deployment.startBlock}; wrote ${values.out}`,
      )
    })
  return command
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
