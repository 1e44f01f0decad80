import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { attacksCommand } from './commands/attacks.ts'
import { calibrateCommand } from './commands/calibrate.ts'
import { chaosCommand } from './commands/chaos.ts'
import { claimCommand } from './commands/claim.ts'
import { configCommand } from './commands/config.ts'
import { dashboardCommand } from './commands/dashboard.ts'
import { deployCommand } from './commands/deploy.ts'
import { devnetCommand } from './commands/devnet.ts'
import { disputeCommand } from './commands/dispute.ts'
import { doctorCommand } from './commands/doctor.ts'
import { errorCommand } from './commands/error.ts'
import { evidenceCommand } from './commands/evidence.ts'
import { exitCommand } from './commands/exit.ts'
import { explainCommand } from './commands/explain.ts'
import { governCommand } from './commands/govern.ts'
import { initCommand } from './commands/init.ts'
import { keysCommand } from './commands/keys.ts'
import { learnCommand } from './commands/learn.ts'
import { learnerCommand } from './commands/learner.ts'
import { minerCommand } from './commands/miner.ts'
import { policyCommand } from './commands/policy.ts'
import { registerCommand } from './commands/register.ts'
import { stakeCommand } from './commands/stake.ts'
import { statusCommand } from './commands/status.ts'
import { unstakeCommand } from './commands/unstake.ts'
import { validatorCommand } from './commands/validator.ts'
import { vectorsCommand } from './commands/vectors.ts'
import { addCompletion } from './completion/add-completion.ts'
import { failWithCode } from './settings.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Every command. Values are read, and anything is done, only when one is run. */
export function createProgram(): Command {
  const program = new Command('rollproof')
    .description('Pays for reinforcement-learning rollouts on any EVM chain, and proves that they are real.')
    .version(version, '--version')
    .addCommand(devnetCommand())
    .addCommand(dashboardCommand())
    .addCommand(deployCommand())
    .addCommand(minerCommand())
    .addCommand(validatorCommand())
    .addCommand(learnCommand())
    .addCommand(learnerCommand())
    .addCommand(explainCommand())
    .addCommand(evidenceCommand())
    .addCommand(disputeCommand())
    .addCommand(calibrateCommand())
    .addCommand(policyCommand())
    .addCommand(initCommand())
    .addCommand(configCommand())
    .addCommand(doctorCommand())
    .addCommand(statusCommand())
    .addCommand(errorCommand())
    .addCommand(registerCommand())
    .addCommand(stakeCommand())
    .addCommand(claimCommand())
    .addCommand(unstakeCommand())
    .addCommand(exitCommand())
    .addCommand(keysCommand())
    .addCommand(governCommand())
    .addCommand(attacksCommand())
    .addCommand(chaosCommand())
    .addCommand(vectorsCommand())
  addCompletion(program)
  failWithCode(program)
  return program
}
