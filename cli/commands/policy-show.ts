import { Command } from 'commander'
import { countParameters } from '../../model/architecture/parameters.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { json } as const satisfies Settings

export function policyShowCommand(): Command {
  const command = addSettings(new Command('show'), settings)
    .description('verify a checkpoint and print what it is')
    .argument('<dir>', 'directory of the checkpoint')
    .action(async (dir: string) => {
      const values = readSettings(command, settings, process.env)
      const { manifestHash, manifest, config } = await readCheckpoint(dir)
      const parameters = countParameters(config)
      const shown = { policy: manifestHash, parameters, architecture: config, manifest }
      const text = JSON.stringify({ architecture: config, manifest }, null, 2)
      print(values.json, shown, `policy ${manifestHash}, ${parameters} parameters\n${text}`)
    })
  return command
}
