import { Command } from 'commander'
import { learnerExportCommand } from './learner-export.ts'
import { learnerRunCommand } from './learner-run.ts'

export function learnerCommand(): Command {
  return new Command('learner')
    .description('train on what the network verified')
    .addCommand(learnerRunCommand())
    .addCommand(learnerExportCommand())
}
