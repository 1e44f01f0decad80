import { join } from 'node:path'
import { type Child, type ChildEvent, startChild } from './child.ts'
import type { Registered } from './conductor.ts'
import type { DevnetNetwork } from './start-network.ts'

interface RoleOptions {
  readonly logs: string
  readonly dataset: string | undefined
  /** Pause between a role's looks at the chain; every look costs every process some processor time. */
  readonly pollMs?: number
  /** Settings of its own, such as a learner's recipe. */
  readonly flags?: readonly string[]
  /** Modules to load before the program. */
  readonly imports?: readonly URL[]
  onEvent(event: ChildEvent): void
}

/** Starts a participant as the program that an operator would run; only a cheat's engine differs. */
export function startRole(network: DevnetNetwork, participant: Registered, options: RoleOptions): Child {
  const { name, role, behaviour, listen: address } = participant
  const shared = sharedFlags(network, participant, options)
  // What a caller says comes last, and so it holds.
  const { imports = [], onEvent, flags = [] } = options
  const listen = ['--listen', address]
  const [entry, args] =
    role === 'validator'
      ? ['../main.ts', ['validator', 'run', ...shared, ...flags]]
      : behaviour === 'honest'
        ? ['../main.ts', ['miner', 'run', ...shared, ...listen, ...flags]]
        : ['./adversary-main.ts', [...shared, ...listen, '--behaviour', behaviour, ...flags]]
  const logFile = join(options.logs, `${name}.log`)
  return startChild({ name, entry, arguments: args, logFile, imports, onEvent })
}

/** @param options.believes the experiment: the same program, but it checks nothing */
export function startLearner(
  network: DevnetNetwork,
  options: RoleOptions & { readonly believes?: boolean },
): Child {
  const { learner, checkpoints } = network
  const [entry, command] = options.believes
    ? ['./believing-learner-main.ts', []]
    : ['../main.ts', ['learner', 'run']]
  const args = [
    ...[...command, ...sharedFlags(network, learner, options)],
    ...['--listen', learner.listen, '--updates', checkpoints, ...(options.flags ?? [])],
  ]
  const logFile = join(options.logs, 'learner.log')
  return startChild({
    name: 'learner',
    entry,
    arguments: args,
    logFile,
    onEvent: options.onEvent,
  })
}

function sharedFlags(
  { rpcUrl, relayUrl, deploymentFile, checkpoints }: DevnetNetwork,
  { keyFile, dataDir }: { readonly keyFile: string; readonly dataDir: string },
  { dataset, pollMs = 200 }: RoleOptions,
): string[] {
  return [
    ...['--deployment', deploymentFile, '--rpc', rpcUrl, '--relay', relayUrl, '--key', keyFile],
    ...['--data-dir', dataDir, '--checkpoints', checkpoints, '--allow-private-hosts'],
    ...['--poll-ms', String(pollMs)],
    // Blocks come when everybody has acted, so that nobody may wait for them.
    ...['--confirmations', '1', '--metrics-port', '0'],
    ...(dataset ? ['--dataset', dataset] : []),
  ]
}
