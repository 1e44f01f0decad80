import { Command } from 'commander'
import { readIdentity } from '../../shared/chain/read-identity.ts'
import { registerCalls } from '../../shared/chain/register-identity.ts'
import { examples } from '../examples.ts'
import { ownerKeySettings } from '../keys/key-settings.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { openOwner } from '../transact/open-owner.ts'
import { perform, renderPerformed } from '../transact/perform.ts'
import { tokenAmount } from '../transact/token-amount.ts'
import { hotKey, role, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  role,
  ...ownerKeySettings,
  hotKey: { ...hotKey, describe: 'address of the hot key that the role will sign with' },
  stake: { value: 'tokens', describe: 'bond, in whole tokens', schema: tokenAmount },
  maxPrice: {
    value: 'tokens',
    describe: 'the most to pay for the identity besides the bond; what it costs now when absent',
    schema: tokenAmount,
    optional: true,
  },
} as const satisfies Settings

export function registerCommand(): Command {
  const command = addSettings(new Command('register'), settings)
    .description('bond tokens for a miner or a validator and name its hot key')
    .addHelpText(
      'after',
      examples('register --config rollproof.yaml --owner-key owner.json --hot-key 0x… --stake 100 --dry-run'),
    )
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const { role, hotKey, stake, maxPrice, dryRun, json } = values
      const chain = await openOwner(values)
      const calls = await registerCalls(chain, { role, hotKey, stake, maxPrice })
      const performed = await perform(chain, calls, dryRun)
      const uid = dryRun ? null : (await readIdentity(chain, role, hotKey)).uid
      const who = uid === null ? `${role}, hot key ${hotKey}` : `${role} ${uid}, hot key ${hotKey}`
      const text = [...(performed.length > 0 ? [renderPerformed(performed)] : []), who].join('\n')
      print(json, { role, uid, hotKey, dryRun, calls: performed }, text)
    })
  return command
}
