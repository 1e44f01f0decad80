import { Command } from 'commander'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings } from '../settings.ts'

const settings = { json } as const satisfies Settings

export function policyHashCommand(): Command {
  const command = addSettings(new Command('hash'), settings)
    .description('verify a checkpoint and print the hash that the chain knows it by')
    .argument('<dir>', 'directory of the checkpoint')
    .action(async (dir: string) => {
      const { json } = readSettings(command, settings, process.env)
      const { manifestHash } = await readCheckpoint(dir)
      print(json, { policy: manifestHash }, manifestHash)
    })
  return command
}
