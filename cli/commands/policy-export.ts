import { Command } from 'commander'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { exportPolicy } from '../../model/hub/export-policy.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  out: { value: 'dir', describe: 'directory to make', schema: text },
  json,
} as const satisfies Settings

export function policyExportCommand(): Command {
  const command = addSettings(new Command('export'), settings)
    .description('write a checkpoint as a Hugging Face directory')
    .argument('<dir>', 'directory of the checkpoint')
    .action(async (dir: string) => {
      const { out, json } = readSettings(command, settings, process.env)
      const checkpoint = await readCheckpoint(dir)
      await exportPolicy(out, checkpoint)
      const { manifestHash } = checkpoint
      print(json, { policy: manifestHash, dir: out }, `policy ${manifestHash} in ${out}`)
    })
  return command
}
