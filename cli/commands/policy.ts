import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { type Hex, isHash, keccak256, toHex, zeroHash } from 'viem'
import { sha256 } from '../../model/checkpoint/hash.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { publishPolicyCalls } from '../../shared/chain/publish-policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { json } from '../json-setting.ts'
import { passwordFile } from '../keys/key-settings.ts'
import { openKey } from '../keys/open-key.ts'
import { print } from '../print.ts'
import { addSettings, count, httpUrl, readSettings, type Settings, text } from '../settings.ts'
import { perform, renderPerformed } from '../transact/perform.ts'
import { dryRun } from '../transact/transact-settings.ts'
import { policyEvalCommand } from './policy-eval.ts'
import { policyExportCommand } from './policy-export.ts'
import { policyFetchCommand } from './policy-fetch.ts'
import { policyHashCommand } from './policy-hash.ts'
import { policyImportCommand } from './policy-import.ts'
import { policyPackCommand } from './policy-pack.ts'
import { policyShowCommand } from './policy-show.ts'

const settings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  key: { value: 'file', describe: 'keystore of the learner that the subnet names', schema: text },
  passwordFile,
  checkpoint: { value: 'dir', describe: 'directory of the checkpoint', schema: text },
  window: {
    value: 'n',
    describe: 'first window that uses it; not before any announced one, nor before the challenge is over',
    schema: count(0, Number.MAX_SAFE_INTEGER),
  },
  uri: { value: 'uri', describe: 'where others fetch the checkpoint and its record', schema: text },
  record: {
    value: 'file|hash',
    describe: 'record of the update, or its sha256; none for the policy that a subnet starts with',
    schema: text,
    optional: true,
  },
  dryRun,
  json,
} as const satisfies Settings

export function policyCommand(): Command {
  const publish = addSettings(new Command('publish'), settings)
    .description('announce on chain which checkpoint the miners run')
    .action(async () => {
      const values = readSettings(publish, settings, process.env)
      const { manifest, manifestHash } = await readCheckpoint(values.checkpoint)
      const deployment = readDeployment(values.deployment)
      const account = await openKey({ file: values.key, passwordFile: values.passwordFile }, deployment)
      const chain = await connect({ rpcUrl: values.rpc, deployment, account })
      const calls = await publishPolicyCalls(chain, {
        manifestHash,
        // The first has no parent on chain, whatever it was trained from.
        parent: values.record === undefined ? zeroHash : (manifest.parent ?? zeroHash),
        recordHash: values.record === undefined ? zeroHash : readRecordHash(values.record),
        environmentId: keccak256(toHex(manifest.environment.id)),
        environmentHash: manifest.environment.parametersHash,
        activationWindow: values.window,
        uri: values.uri,
      })
      const performed = await perform(chain, calls, values.dryRun)
      const said = `policy ${manifestHash} from window ${values.window}`
      print(
        values.json,
        { policy: manifestHash, window: values.window, dryRun: values.dryRun, calls: performed },
        performed.length > 0 ? `${renderPerformed(performed)}\n${said}` : said,
      )
    })
  return new Command('policy')
    .description('import, export, look at, evaluate, pack, announce and fetch checkpoints')
    .addCommand(policyImportCommand())
    .addCommand(policyExportCommand())
    .addCommand(policyShowCommand())
    .addCommand(policyHashCommand())
    .addCommand(policyEvalCommand())
    .addCommand(policyPackCommand())
    .addCommand(publish)
    .addCommand(policyFetchCommand())
}

function readRecordHash(fileOrHash: string): Hex {
  if (isHash(fileOrHash)) return fileOrHash.toLowerCase() as Hex
  try {
    return sha256(readFileSync(fileOrHash))
  } catch (cause) {
    throw new SubnetError(
      'CONFIG_INVALID',
      `--record ${fileOrHash}: neither a sha256 hash nor a file that can be read`,
      { cause },
    )
  }
}
