import { Command } from 'commander'
import { connect } from '../../shared/chain/connect.ts'
import { type Deployment, readDeployment } from '../../shared/chain/deployment.ts'
import { nonRevealCall } from '../../shared/chain/dispute-calls.ts'
import { SubnetError } from '../../shared/errors.ts'
import { bringProof, type Outcome, renderOutcome } from '../dispute/bring-proof.ts'
import { caseSettings, proverSettings } from '../dispute/dispute-settings.ts'
import { openKey } from '../keys/open-key.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { toJson } from '../observer/to-json.ts'
import { addSettings, readSettings, type Settings, text, type Values } from '../settings.ts'
import { readNumber } from './read-number.ts'

// What a subcommand does is loaded only when it runs: the model's code is nothing that the others need.

const commitmentSettings = {
  ...caseSettings,
  leaves: {
    value: 'file',
    describe: 'JSON file of all leaves, where the miner serves no bundle of them',
    schema: text,
    optional: true,
  },
} as const satisfies Settings

export function disputeCommand(): Command {
  const dispute = new Command('dispute').description(
    'prove a fault on chain: it costs the one at fault stake, and the one who proves it only gas',
  )
  const commands = [sat, commitment, nonReveal, equivocation, falseOpening]
  for (const create of commands) dispute.addCommand(create())
  return dispute
}

function sat(): Command {
  const command = addSettings(new Command('sat'), caseSettings)
    .description('a rollout claims a reward that its SAT answer does not earn')
    .argument('<window>')
    .argument('<miner>', 'uid of the miner')
    .argument('<group>')
    .argument('<rollout>')
    .action(async (window: string, miner: string, group: string, rollout: string) => {
      const values = readSettings(command, caseSettings, process.env)
      const name = {
        ...{ window: readNumber('WINDOW', window), miner: readNumber('MINER', miner) },
        ...{ group: readNumber('GROUP', group), rollout: readNumber('ROLLOUT', rollout) },
      }
      const { disputeSat } = await import('../dispute/dispute-sat.ts')
      await runUntilStopped(async (signal) => {
        print(await disputeSat(await openProver(values), values, name, signal), values)
      })
    })
  return command
}

function commitment(): Command {
  const command = addSettings(new Command('commitment'), commitmentSettings)
    .description(
      'a miner committed to a tree with a leaf of another window or miner, a group twice, or one missing',
    )
    .argument('<window>')
    .argument('<miner>', 'uid of the miner')
    .action(async (window: string, miner: string) => {
      const values = readSettings(command, commitmentSettings, process.env)
      const name = { window: readNumber('WINDOW', window), miner: readNumber('MINER', miner) }
      const { disputeCommitment } = await import('../dispute/dispute-commitment.ts')
      await runUntilStopped(async (signal) => {
        print(await disputeCommitment(await openProver(values), values, name, signal), values)
      })
    })
  return command
}

function nonReveal(): Command {
  const command = addSettings(new Command('non-reveal'), proverSettings)
    .description('a validator committed scores for an epoch and did not reveal them')
    .argument('<epoch>')
    .argument('<validator>', 'uid of the validator')
    .action(async (epoch: string, validator: string) => {
      const values = readSettings(command, proverSettings, process.env)
      const about = [readNumber('EPOCH', epoch), readNumber('VALIDATOR', validator)] as const
      const chain = await openProver(values)
      print(
        await bringProof(chain, nonRevealCall(chain.deployment.contracts, ...about), values.dryRun),
        values,
      )
    })
  return command
}

function equivocation(): Command {
  const command = addSettings(new Command('equivocation'), proverSettings)
    .description('a validator signed two openings of its evidence for one epoch that contradict each other')
    .argument('<opening>', 'what it published with: rollproof evidence open --key')
    .argument('<other>', 'what it published another time, or told somebody else')
    .action(async (first: string, second: string) => {
      const values = readSettings(command, proverSettings, process.env)
      const { disputeEquivocation } = await import('../dispute/dispute-openings.ts')
      const chain = await openProver(values)
      print(await disputeEquivocation(chain, [first, second], values.dryRun), values)
    })
  return command
}

function falseOpening(): Command {
  const command = addSettings(new Command('false-opening'), proverSettings)
    .description('a validator signed an opening of its evidence for another row than it revealed')
    .argument('<opening>', 'what it published with: rollproof evidence open --key')
    .action(async (opening: string) => {
      const values = readSettings(command, proverSettings, process.env)
      const { disputeFalseOpening } = await import('../dispute/dispute-openings.ts')
      print(await disputeFalseOpening(await openProver(values), opening, values.dryRun), values)
    })
  return command
}

async function openProver(values: Values<typeof proverSettings>) {
  const deployment = readDeployment(values.deployment)
  const account = values.dryRun ? undefined : await openPayer(values, deployment)
  return connect({ rpcUrl: values.rpc, deployment, account })
}

async function openPayer({ key, passwordFile }: Values<typeof proverSettings>, deployment: Deployment) {
  if (key !== undefined) return openKey({ file: key, passwordFile }, deployment)
  throw new SubnetError('CONFIG_INVALID', 'somebody pays for the transaction: --key FILE, or only --dry-run')
}

function print(outcome: Outcome, { json }: { readonly json: boolean }): void {
  console.log(json ? toJson(outcome) : renderOutcome(outcome))
}
