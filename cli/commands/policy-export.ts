import { Command } from 'commander'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { exportPolicy } from '../../model/hub/export-policy.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  out: { value: 'dir', describe: 'directory to make', schema: text },
} as const satisfies Settings

export function policyExportCommand(): Command {
  const command = addSettings(new Command('export'), settings)
    .description('write a checkpoint as a Hugging Face directory')
    .argument('<dir>', 'directory of the checkpoint')
    .action(async (dir: string) => {
      const { out } = readSettings(command, settings, process.env)
      const checkpoint = await readCheckpoint(dir)
      await exportPolicy(out, checkpoint)
      console.log(`policy ${checkpoint.manifestHash} in ${out}`)
    })
  return command
}
