import { join } from 'node:path'
import { type Child, type ChildEvent, startChild } from './child.ts'
import type { Registered } from './conductor.ts'
import type { DevnetNetwork } from './start-network.ts'

/** Starts a participant as the program that an operator would run; only a cheat's engine differs. */
export function startRole(
  { rpcUrl, relayUrl, deploymentFile, checkpoints }: DevnetNetwork,
  participant: Registered,
  options: { readonly logs: string; readonly dataset: string | undefined; onEvent(event: ChildEvent): void },
): Child {
  const { name, role, behaviour, keyFile, dataDir, listen: address } = participant
  const shared = [
    ...['--deployment', deploymentFile, '--rpc', rpcUrl, '--relay', relayUrl, '--key', keyFile],
    ...['--data-dir', dataDir, '--checkpoints', checkpoints, '--poll-ms', '200'],
    ...(options.dataset ? ['--dataset', options.dataset] : []),
  ]
  const listen = ['--listen', address]
  const [entry, args] =
    role === 'validator'
      ? ['../main.ts', ['validator', 'run', ...shared, '--allow-private-hosts']]
      : behaviour === 'honest'
        ? ['../main.ts', ['miner', 'run', ...shared, ...listen]]
        : ['./adversary-main.ts', [...shared, ...listen, '--behaviour', behaviour]]
  const logFile = join(options.logs, `${name}.log`)
  return startChild({ name, entry, arguments: args, logFile, onEvent: options.onEvent })
}
