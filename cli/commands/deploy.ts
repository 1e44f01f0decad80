import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
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
  key: {
    value: 'file',
    describe: 'file with the key that pays; it keeps no power, and must send nothing else meanwhile',
    schema: text,
  },
  subnet: {
    value: 'file',
    describe: 'JSON with schedule, rules, token, governance and beacon; see docs/subnet.example.json',
    schema: text,
  },
  out: {
    value: 'file',
    describe: 'where to write the deployment file; never overwritten (default: deployments/CHAIN-ID.json)',
    schema: text,
    optional: true,
  },
} as const satisfies Settings

export function deployCommand(): Command {
  const command = addSettings(new Command('deploy'), settings)
    .description(
      'deploy the contracts of a subnet, hand them to its governance and write its deployment file; run it again to go on after it was stopped',
    )
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      // Loaded only here: no other command needs the compiled contracts.
      const [{ parseSubnetConfig }, { deploySubnet, startDeployment }, started] = await Promise.all([
        import('../../deploy/config.ts'),
        import('../../deploy/deploy.ts'),
        import('../../deploy/started-file.ts'),
      ])
      const { chainId, out = `deployments/${chainId}.json` } = values
      const config = parseSubnetConfig(readText(values.subnet), values.subnet)
      const account = readKeyFile(values.key)
      requireNew(out)
      const chain = await openChain({ rpcUrl: values.rpc, chainId, account })
      const startedFile = `${out}.started`
      let start = started.readStarted(startedFile, config, chainId)
      if (start) console.log(`going on with what ${startedFile} began`)
      else {
        start = await startDeployment(chain, config)
        started.writeStarted(startedFile, config, chainId, start)
      }
      const deployment = await deploySubnet(chain, config, start, (step) => console.log(step))
      writeFileSync(out, `${JSON.stringify(deployment, null, 2)}\n`, { flag: 'wx', flush: true })
      started.removeStarted(startedFile)
      console.log(
        `deployed ${deployment.name}: window 0 starts at block ${deployment.startBlock}; wrote ${out}`,
      )
    })
  return command
}

/** Nothing is paid for when the result cannot be kept, and an older file's addresses may hold money. */
function requireNew(out: string): void {
  const folder = dirname(out)
  if (folder === 'deployments') mkdirSync(folder, { recursive: true })
  if (!existsSync(out) && existsSync(folder)) return
  throw new SubnetError('CONFIG_INVALID', `cannot create ${out}: it exists, or its folder does not`, {
    details: { path: out },
  })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError('CONFIG_INVALID', `cannot read ${path}`, { details: { path }, cause })
  }
}
