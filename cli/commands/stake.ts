import { Command } from 'commander'
import { stakeCalls } from '../../shared/chain/stake-calls.ts'
import { examples } from '../examples.ts'
import { ownerKeySettings } from '../keys/key-settings.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { findIdentity } from '../transact/find-identity.ts'
import { openOwner } from '../transact/open-owner.ts'
import { perform } from '../transact/perform.ts'
import { reportIdentity } from '../transact/report-identity.ts'
import { tokenAmount } from '../transact/token-amount.ts'
import { identitySettings, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  ...identitySettings,
  ...ownerKeySettings,
  amount: { value: 'tokens', describe: 'to add to the bond, in whole tokens', schema: tokenAmount },
} as const satisfies Settings

export function stakeCommand(): Command {
  const command = addSettings(new Command('stake'), settings)
    .description('add to the bond of an identity; it counts once it was there for a whole epoch')
    .addHelpText(
      'after',
      examples('stake --config rollproof.yaml --uid 3 --amount 250 --owner-key owner.json --dry-run'),
    )
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const chain = await openOwner(values)
      const identity = await findIdentity(chain, values)
      const calls = await stakeCalls(chain, identity, values.amount)
      const performed = await perform(chain, calls, values.dryRun)
      await reportIdentity(chain, identity, performed, values)
    })
  return command
}
