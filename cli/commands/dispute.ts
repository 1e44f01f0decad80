import { Command } from 'commander'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { proveNonReveal } from '../../shared/chain/prove-non-reveal.ts'
import { readKeyFile } from '../key-file.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'
import { readNumber } from './read-number.ts'

const key = { value: 'file', describe: 'file with the key that pays for the transaction', schema: text }
const satSettings = { ...observerSettings, key } as const satisfies Settings
const nonRevealSettings = {
  deployment: observerSettings.deployment,
  rpc: observerSettings.rpc,
  key,
} as const satisfies Settings

export function disputeCommand(): Command {
  return new Command('dispute')
    .description(
      'prove a fault on chain: it costs the one at fault stake, and the one who proves it only gas',
    )
    .addCommand(satCommand())
    .addCommand(nonRevealCommand())
}

function satCommand(): Command {
  const command = addSettings(new Command('sat'), satSettings)
    .description('a rollout claims a reward that its SAT answer does not earn')
    .argument('<window>')
    .argument('<miner>', 'uid of the miner')
    .argument('<group>')
    .argument('<rollout>')
    .action(async (window: string, miner: string, group: string, rollout: string) => {
      const values = readSettings(command, satSettings, process.env)
      const name = {
        window: readNumber('WINDOW', window),
        miner: readNumber('MINER', miner),
        group: readNumber('GROUP', group),
        rollout: readNumber('ROLLOUT', rollout),
      }
      const { disputeSat } = await import('../observer/dispute-sat.ts')
      await runUntilStopped(async (signal) => console.log(await disputeSat(values, name, signal)))
    })
  return command
}

function nonRevealCommand(): Command {
  const command = addSettings(new Command('non-reveal'), nonRevealSettings)
    .description('a validator committed scores for an epoch and did not reveal them')
    .argument('<epoch>')
    .argument('<validator>', 'uid of the validator')
    .action(async (epoch: string, validator: string) => {
      const values = readSettings(command, nonRevealSettings, process.env)
      const chain = await connect({
        rpcUrl: values.rpc,
        deployment: readDeployment(values.deployment),
        account: readKeyFile(values.key),
      })
      const uid = readNumber('VALIDATOR', validator)
      const { transactionHash, gasUsed } = await proveNonReveal(chain, readNumber('EPOCH', epoch), uid)
      console.log(
        `validator ${uid} was punished for epoch ${epoch}: transaction ${transactionHash}, ${gasUsed} gas`,
      )
    })
  return command
}
