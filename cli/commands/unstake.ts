import { Command } from 'commander'
import { requestUnstakeCall } from '../../shared/chain/stake-calls.ts'
import { examples } from '../examples.ts'
import { ownerKeySettings } from '../keys/key-settings.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { findIdentity } from '../transact/find-identity.ts'
import { openOwner } from '../transact/open-owner.ts'
import { perform } from '../transact/perform.ts'
import { reportIdentity } from '../transact/report-identity.ts'
import { identitySettings, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  ...identitySettings,
  ...ownerKeySettings,
} as const satisfies Settings

export function unstakeCommand(): Command {
  const command = addSettings(new Command('unstake'), settings)
    .description(
      'leave with the whole bond: it stops counting at once, and `rollproof exit` pays it back after unbonding',
    )
    .addHelpText(
      'after',
      examples('unstake --config rollproof.yaml --uid 3 --owner-key owner.json --dry-run'),
    )
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const chain = await openOwner(values)
      const identity = await findIdentity(chain, values)
      const leaving = identity.standing === 'exiting' || identity.standing === 'retired'
      const calls = leaving ? [] : [requestUnstakeCall(chain, identity)]
      const performed = await perform(chain, calls, values.dryRun)
      await reportIdentity(chain, identity, performed, values)
    })
  return command
}
