import { Command } from 'commander'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { createKeystore } from '../keys/create-keystore.ts'
import { newPasswordFile } from '../keys/key-settings.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = {
  passwordFile: newPasswordFile,
  json,
} as const satisfies Settings

export function keysNewCommand(): Command {
  const command = addSettings(new Command('new'), settings)
    .description('make a new key under a password (Ethereum keystore, mode 600) and print its address')
    .argument('<file>', 'where to write it; never overwritten')
    .addHelpText('after', examples('keys new hot.json', 'keys new hot.json --password-file password'))
    .action(async (file: string) => {
      const values = readSettings(command, settings, process.env)
      const { address } = await createKeystore(file, values.passwordFile)
      print(values.json, { address, file }, address)
    })
  return command
}
