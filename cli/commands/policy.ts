import { Command } from 'commander'
import { keccak256, toHex, zeroHash } from 'viem'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readKeyFile } from '../key-file.ts'
import { addSettings, count, httpUrl, readSettings, type Settings, text } from '../settings.ts'
import { policyExportCommand } from './policy-export.ts'
import { policyImportCommand } from './policy-import.ts'
import { policyShowCommand } from './policy-show.ts'

const settings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  key: { value: 'file', describe: 'file with the key of the learner that the subnet names', schema: text },
  checkpoint: { value: 'dir', describe: 'directory of the checkpoint', schema: text },
  window: {
    value: 'n',
    describe: 'first window that uses it; after every announced one',
    schema: count(0, Number.MAX_SAFE_INTEGER),
  },
  uri: { value: 'uri', describe: 'where others fetch the checkpoint', schema: text },
} as const satisfies Settings

export function policyCommand(): Command {
  const publish = addSettings(new Command('publish'), settings)
    .description('announce on chain which checkpoint the miners run')
    .action(async () => {
      const values = readSettings(publish, settings, process.env)
      const { manifest, manifestHash } = await readCheckpoint(values.checkpoint)
      const chain = await connect({
        rpcUrl: values.rpc,
        deployment: readDeployment(values.deployment),
        account: readKeyFile(values.key),
      })
      await publishPolicy(chain, {
        manifestHash,
        parent: manifest.parent ?? zeroHash,
        environmentId: keccak256(toHex(manifest.environment.id)),
        environmentHash: manifest.environment.parametersHash,
        activationWindow: values.window,
        uri: values.uri,
      })
      console.log(`policy ${manifestHash} from window ${values.window}`)
    })
  return new Command('policy')
    .description('import, export, look at and announce checkpoints')
    .addCommand(policyImportCommand())
    .addCommand(policyExportCommand())
    .addCommand(policyShowCommand())
    .addCommand(publish)
}
