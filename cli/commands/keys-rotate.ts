import { Command } from 'commander'
import { examples } from '../examples.ts'
import { ownerKeySettings, passwordFile } from '../keys/key-settings.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'
import { renderPerformed } from '../transact/perform.ts'
import { identitySettings, transactSettings } from '../transact/transact-settings.ts'

const settings = {
  ...transactSettings,
  ...identitySettings,
  ...ownerKeySettings,
  passwordFile: { ...passwordFile, describe: 'file with the password of the new keystore' },
} as const satisfies Settings

export function keysRotateCommand(): Command {
  const command = addSettings(new Command('rotate'), settings)
    .description(
      'make a new hot key and let the owner name it instead of the old one; run it again to go on after it was stopped',
    )
    .argument('<file>', 'where to write the new keystore; one that is there already is the new key')
    .addHelpText(
      'after',
      examples('keys rotate new-hot.json --config rollproof.yaml --owner-key owner.json --uid 3 --dry-run'),
    )
    .action(async (file: string) => {
      const values = readSettings(command, settings, process.env)
      const { rotateKey } = await import('../transact/rotate-key.ts')
      const { newHotKey, performed, ...identity } = await rotateKey(values, file)
      const done = performed.length === 0 ? `${newHotKey} signs already` : renderPerformed(performed)
      const next = values.dryRun ? '' : `\nRestart the role with --key ${file}.`
      print(
        values.json,
        { ...identity, file, newHotKey, dryRun: values.dryRun, calls: performed },
        `${identity.role} ${identity.uid}: ${identity.oldHotKey} → ${newHotKey ?? 'a new key'}\n${done}${next}`,
      )
    })
  return command
}
