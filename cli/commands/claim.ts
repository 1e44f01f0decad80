import { Command } from 'commander'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { examples } from '../examples.ts'
import { passwordFile } from '../keys/key-settings.ts'
import { openKey } from '../keys/open-key.ts'
import { print } from '../print.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'
import { findIdentity } from '../transact/find-identity.ts'
import { perform, renderPerformed } from '../transact/perform.ts'
import { planClaims } from '../transact/plan-claims.ts'
import { formatTokens } from '../transact/token-amount.ts'
import { identitySettings, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  ...identitySettings,
  key: {
    value: 'file',
    describe: 'keystore that pays the gas: the hot key, or anybody’s with --uid or --hot-key',
    schema: text,
  },
  passwordFile,
  fromEpoch: {
    value: 'n',
    describe: 'first epoch to look at',
    schema: count(0, Number.MAX_SAFE_INTEGER),
    fallback: '0',
  },
} as const satisfies Settings

export function claimCommand(): Command {
  const command = addSettings(new Command('claim'), settings)
    .description(
      'pay the owner what settled epochs owe; a running role claims the latest epochs by itself, this claims all',
    )
    .addHelpText('after', examples('claim --config rollproof.yaml --dry-run'))
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const deployment = readDeployment(values.deployment)
      const account = await openKey({ file: values.key, passwordFile: values.passwordFile }, deployment)
      const chain = await connect({ rpcUrl: values.rpc, deployment, account })
      const { role, uid, owner } = await findIdentity(chain, values)
      const { calls, epochs, amount } = await planClaims(chain, { role, uid }, values.fromEpoch)
      const performed = await perform(chain, calls, values.dryRun)
      const sum = `${role} ${uid}: ${formatTokens(amount)} tokens of ${epochs.length} epochs for ${owner}`
      const text =
        performed.length > 0 ? `${renderPerformed(performed)}\n${sum}` : `${role} ${uid} is owed nothing`
      const { dryRun } = values
      print(values.json, { role, uid, owner, epochs, amount, dryRun, calls: performed }, text)
    })
  return command
}
