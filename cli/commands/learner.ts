import { Command } from 'commander'
import { learnerExportCommand } from './learner-export.ts'
import { learnerReplayCommand } from './learner-replay.ts'
import { learnerRunCommand } from './learner-run.ts'

export function learnerCommand(): Command {
  return new Command('learner')
    .description('train on what the network verified')
    .addCommand(learnerRunCommand())
    .addCommand(learnerReplayCommand())
    .addCommand(learnerExportCommand())
}
