import { Command } from 'commander'
import { z } from 'zod'
import { actSettings, address, changes, readSettings as lookSettings } from '../govern/govern-settings.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'

// What a subcommand does is loaded only when it runs: no other command needs it at its start.

const listSettings = {
  ...lookSettings,
  last: { value: 'n', describe: 'how many, newest first', schema: count(1, 1000), fallback: '20' },
} as const satisfies Settings

const proposeSettings = {
  ...actSettings,
  description: { value: 'text', describe: 'what it is for', schema: text },
  ...changes,
  grantLearner: {
    value: 'address',
    describe: 'may publish checkpoints from then on',
    schema: address,
    repeatable: true,
    optional: true,
  },
  revokeLearner: {
    value: 'address',
    describe: 'may no longer publish checkpoints',
    schema: address,
    repeatable: true,
    optional: true,
  },
  pay: {
    value: 'address=tokens',
    describe: 'tokens that the timelock pays, from the treasury that it may be',
    schema: z.string().regex(/^0x[0-9a-fA-F]{40}=\d+(\.\d{1,18})?$/, 'must be ADDRESS=TOKENS'),
    repeatable: true,
    optional: true,
  },
  checkpoint: {
    value: 'dir',
    describe: 'publish this checkpoint, and with it its environment; with --window and --uri',
    schema: text,
    optional: true,
  },
  window: {
    value: 'n',
    describe: 'first window of the checkpoint; still to come when the proposal is executed',
    schema: count(0, Number.MAX_SAFE_INTEGER),
    optional: true,
  },
  uri: { value: 'uri', describe: 'where others fetch the checkpoint', schema: text, optional: true },
} as const satisfies Settings

const voteSettings = {
  ...actSettings,
  reason: { value: 'text', describe: 'kept on chain beside the vote', schema: z.string(), fallback: '' },
} as const satisfies Settings

const delegateSettings = {
  ...actSettings,
  to: {
    value: 'address',
    describe: 'who votes with your tokens from then on (default: yourself)',
    schema: address,
    optional: true,
  },
} as const satisfies Settings

const previewSettings = {
  ...lookSettings,
  ...changes,
  epochs: { value: 'n', describe: 'settled epochs to replay', schema: count(1, 1000), fallback: '8' },
  journal: {
    value: 'file',
    describe: 'journal of a validator, without which other score coefficients cannot be replayed',
    schema: text,
    optional: true,
  },
  attack: {
    value: 'name',
    describe: 'name of an attack whose earnings to measure, or none (default: all, which takes minutes)',
    schema: text,
    repeatable: true,
    optional: true,
  },
} as const satisfies Settings

export function governCommand(): Command {
  const govern = new Command('govern').description(
    'look at, propose and decide changes of a subnet’s rules and roles',
  )

  const list = addSettings(new Command('list'), listSettings)
    .description('proposals and their states, newest first')
    .action(async () => {
      const { listProposals } = await import('../govern/list-proposals.ts')
      await listProposals(readSettings(list, listSettings, process.env))
    })

  const show = addSettings(new Command('show'), lookSettings)
    .description('a proposal: what it calls, old and new values, votes, time left')
    .argument('<proposal>', 'id of the proposal')
    .action(async (id: string) => {
      const { showProposal } = await import('../govern/show-proposal.ts')
      await showProposal(readSettings(show, lookSettings, process.env), id)
    })

  const propose = addSettings(new Command('propose'), proposeSettings)
    .description('put a change to the vote')
    .action(async () => {
      const { propose: act } = await import('../govern/take-part.ts')
      await act(readSettings(propose, proposeSettings, process.env))
    })

  const vote = addSettings(new Command('vote'), voteSettings)
    .description('vote on a proposal; final')
    .argument('<proposal>', 'id of the proposal')
    .argument('<support>', 'for, against or abstain')
    .action(async (id: string, support: string) => {
      const { vote: act } = await import('../govern/take-part.ts')
      await act(readSettings(vote, voteSettings, process.env), id, support)
    })

  const queue = addSettings(new Command('queue'), actSettings)
    .description('hand a passed proposal to the timelock; anyone may')
    .argument('<proposal>', 'id of the proposal')
    .action(async (id: string) => {
      const { queue: act } = await import('../govern/take-part.ts')
      await act(readSettings(queue, actSettings, process.env), id)
    })

  const execute = addSettings(new Command('execute'), actSettings)
    .description('put a queued proposal into effect once the timelock opens; anyone may')
    .argument('<proposal>', 'id of the proposal')
    .action(async (id: string) => {
      const { execute: act } = await import('../govern/take-part.ts')
      await act(readSettings(execute, actSettings, process.env), id)
    })

  const delegate = addSettings(new Command('delegate'), delegateSettings)
    .description('let your tokens count as votes, your own or someone else’s')
    .action(async () => {
      const { delegate: act } = await import('../govern/take-part.ts')
      await act(readSettings(delegate, delegateSettings, process.env))
    })

  const preview = addSettings(new Command('preview'), previewSettings)
    .description('what past epochs would have paid, and what attacks would earn, under other rules')
    .action(async () => {
      const { printPreview } = await import('../govern/print-preview.ts')
      await printPreview(readSettings(preview, previewSettings, process.env))
    })

  for (const command of [preview, list, show, propose, vote, queue, execute, delegate])
    govern.addCommand(command)
  return govern
}
