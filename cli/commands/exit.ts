import { Command } from 'commander'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { examples } from '../examples.ts'
import { ownerKeySettings } from '../keys/key-settings.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { findIdentity } from '../transact/find-identity.ts'
import { openOwner } from '../transact/open-owner.ts'
import { perform } from '../transact/perform.ts'
import { planClaims } from '../transact/plan-claims.ts'
import { leaveCalls } from '../transact/plan-exit.ts'
import { reportIdentity } from '../transact/report-identity.ts'
import { identitySettings, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  ...identitySettings,
  ...ownerKeySettings,
} as const satisfies Settings

export function exitCommand(): Command {
  const command = addSettings(new Command('exit'), settings)
    .description(
      'leave for good: claim what is owed, unstake, and once unbonding is over, pay the bond back; run it again for each step that has become possible',
    )
    .addHelpText('after', examples('exit --config rollproof.yaml --uid 3 --owner-key owner.json --dry-run'))
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const chain = await openOwner(values)
      const identity = await findIdentity(chain, values)
      const { calls: claims } = await planClaims(chain, identity, 0)
      const leave = leaveCalls(chain, identity, await readBlockNumber(chain))
      const performed = await perform(chain, [...claims, ...leave], values.dryRun)
      await reportIdentity(chain, identity, performed, values)
    })
  return command
}
