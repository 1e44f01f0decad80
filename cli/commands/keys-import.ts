import { Command } from 'commander'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { createKeystore } from '../keys/create-keystore.ts'
import { newPasswordFile, passwordFile } from '../keys/key-settings.ts'
import { extractKey } from '../keys/open-key.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  from: {
    value: 'file',
    describe: 'a keystore of version 3 from any wallet, or a file with 0x and 64 hex digits; it is kept',
    schema: text,
  },
  fromPasswordFile: { ...passwordFile, describe: 'file with the password of --from, where it has one' },
  passwordFile: newPasswordFile,
  json,
} as const satisfies Settings

export function keysImportCommand(): Command {
  const command = addSettings(new Command('import'), settings)
    .description('put a key that exists under a password, and print its address')
    .argument('<file>', 'where to write the keystore; never overwritten')
    .addHelpText('after', examples('keys import hot.json --from wallet.json'))
    .action(async (file: string) => {
      const values = readSettings(command, settings, process.env)
      const key = await extractKey({ file: values.from, passwordFile: values.fromPasswordFile })
      const { address } = await createKeystore(file, values.passwordFile, key)
      print(values.json, { address, file }, `${address}\nRemove ${values.from} once ${file} is backed up.`)
    })
  return command
}
