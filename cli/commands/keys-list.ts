import { Command } from 'commander'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { listKeys } from '../keys/list-keys.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { json } as const satisfies Settings

export function keysListCommand(): Command {
  const command = addSettings(new Command('list'), settings)
    .description('the addresses of the keys in a folder; needs no password')
    .argument('[folder]', 'folder to look in', '.')
    .addHelpText('after', examples('keys list keys'))
    .action((dir: string) => {
      const values = readSettings(command, settings, process.env)
      const keys = listKeys(dir)
      const lines = keys.map(({ file, address, kind, problem }) =>
        [address ?? 'address not said', kind, file, ...(problem ? [problem] : [])].join('  '),
      )
      print(values.json, keys, lines.join('\n') || `no files in ${dir}`)
    })
  return command
}
