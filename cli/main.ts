#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { attacksCommand } from './commands/attacks.ts'
import { calibrateCommand } from './commands/calibrate.ts'
import { dashboardCommand } from './commands/dashboard.ts'
import { deployCommand } from './commands/deploy.ts'
import { devnetCommand } from './commands/devnet.ts'
import { disputeCommand } from './commands/dispute.ts'
import { evidenceCommand } from './commands/evidence.ts'
import { explainCommand } from './commands/explain.ts'
import { governCommand } from './commands/govern.ts'
import { keysCommand } from './commands/keys.ts'
import { learnCommand } from './commands/learn.ts'
import { learnerCommand } from './commands/learner.ts'
import { minerCommand } from './commands/miner.ts'
import { policyCommand } from './commands/policy.ts'
import { registerCommand } from './commands/register.ts'
import { validatorCommand } from './commands/validator.ts'
import { vectorsCommand } from './commands/vectors.ts'
import { describeFailure } from './lifecycle.ts'
import { failWithCode } from './settings.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

const program = new Command('rollproof')
  .description('Pays for reinforcement-learning rollouts on any EVM chain, and proves that they are real.')
  .version(version, '--version')
  .addCommand(devnetCommand())
  .addCommand(deployCommand())
  .addCommand(minerCommand())
  .addCommand(validatorCommand())
  .addCommand(learnCommand())
  .addCommand(learnerCommand())
  .addCommand(dashboardCommand())
  .addCommand(explainCommand())
  .addCommand(evidenceCommand())
  .addCommand(disputeCommand())
  .addCommand(calibrateCommand())
  .addCommand(policyCommand())
  .addCommand(registerCommand())
  .addCommand(keysCommand())
  .addCommand(governCommand())
  .addCommand(attacksCommand())
  .addCommand(vectorsCommand())
failWithCode(program)

try {
  await program.parseAsync()
} catch (error) {
  console.error(describeFailure(error))
  process.exitCode ??= 1
}
