import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { connect, openChain } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { SubnetError } from '../../shared/errors.ts'
import { renderPreview } from '../deploy/render-preview.ts'
import { json } from '../json-setting.ts'
import { passwordFile } from '../keys/key-settings.ts'
import { openKey } from '../keys/open-key.ts'
import { print } from '../print.ts'
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
    describe: 'keystore that pays; it keeps no power, and must send nothing else meanwhile',
    schema: text,
  },
  passwordFile,
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
  dryRun: {
    describe:
      'carry it out on a chain in this process, say what it would cost on the real one, and send nothing',
  },
  json,
} as const satisfies Settings

const verifySettings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  json,
} as const satisfies Settings

export function deployCommand(): Command {
  // Else flags after `verify` that both know would be taken for this command's own.
  const command = addSettings(new Command('deploy').enablePositionalOptions(), settings)
    .addCommand(verifyCommand())
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
      requireNew(out)
      const account = await openKey({ file: values.key, passwordFile: values.passwordFile }, { chainId })
      const chain = await openChain({ rpcUrl: values.rpc, chainId, account })
      const startedFile = `${out}.started`
      const begun = started.readStarted(startedFile, config, chainId)
      const tell = (line: string) => {
        if (!values.json) console.log(line)
      }
      if (begun) tell(`going on with what ${startedFile} began`)
      const start = begun ?? (await startDeployment(chain, config))
      if (values.dryRun) {
        const { rehearseDeployment } = await import('../deploy/rehearse-deployment.ts')
        const preview = await rehearseDeployment(chain, config, start)
        return print(values.json, { ...preview, dryRun: true }, renderPreview(preview))
      }
      if (!begun) started.writeStarted(startedFile, config, chainId, start)
      const deployment = await deploySubnet(chain, config, start, tell)
      writeFileSync(out, `${JSON.stringify(deployment, null, 2)}\n`, { flag: 'wx', flush: true })
      started.removeStarted(startedFile)
      const text = `deployed ${deployment.name}: window 0 starts at block ${deployment.startBlock}; wrote ${out}`
      print(values.json, { ...deployment, file: out }, text)
    })
  return command
}

function verifyCommand(): Command {
  const command = addSettings(new Command('verify'), verifySettings)
    .description(
      'compare the code on chain with what this source compiles to, and look how it is wired and who holds its roles; ends with 1 where anything differs',
    )
    .action(async () => {
      const values = readSettings(command, verifySettings, process.env)
      const { verifyDeployment } = await import('../../deploy/verify.ts')
      const chain = await connect({ rpcUrl: values.rpc, deployment: readDeployment(values.deployment) })
      const verified = await verifyDeployment(chain)
      const lines = verified.flatMap(({ contract, address, differences }) => [
        `${contract} ${address} ${differences.length === 0 ? 'as compiled and wired' : 'DIFFERS'}`,
        ...differences.map((difference) => `  ${difference}`),
      ])
      print(values.json, verified, lines.join('\n'))
      process.exitCode = verified.every(({ differences }) => differences.length === 0) ? 0 : 1
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
