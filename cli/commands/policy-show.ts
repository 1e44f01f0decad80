import { Command } from 'commander'
import { countParameters } from '../../model/architecture/parameters.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { addSettings, readSettings } from '../settings.ts'

export function policyShowCommand(): Command {
  const command = addSettings(new Command('show'), {})
    .description('verify a checkpoint and print what it is, as JSON')
    .argument('<dir>', 'directory of the checkpoint')
    .action(async (dir: string) => {
      readSettings(command, {}, process.env)
      const { manifestHash, manifest, config } = await readCheckpoint(dir)
      const parameters = countParameters(config)
      console.log(
        JSON.stringify({ policy: manifestHash, parameters, architecture: config, manifest }, null, 2),
      )
    })
  return command
}
