import { decodeFunctionData, keccak256, parseEventLogs, toHex, zeroAddress, zeroHash } from 'viem'
import { accessManagerAbi, subnetTimelockAbi } from '../shared/chain/abi.ts'
import { learnerRole } from '../shared/chain/access-roles.ts'
import { askChain } from '../shared/chain/ask-chain.ts'
import type { ChainContext } from '../shared/chain/connect.ts'
import type { Deployment } from '../shared/chain/deployment.ts'
import { encodeHandover } from './roles.ts'

type Contracts = Deployment['contracts']

/**
 * Who holds a role that a deployment does not give out, and who lacks one, by contract and in words. Who publishes
 * checkpoints is for each subnet to choose. What a vote has changed since is told too.
 */
export async function readStrayRoles(
  chain: ChainContext,
): Promise<Partial<Record<keyof Contracts, readonly string[]>>> {
  const { contracts } = chain.deployment
  const { accessManager, timelock } = contracts
  const logs = await askChain('read who holds which role', () =>
    chain.publicClient.getLogs({ address: [accessManager, timelock], fromBlock: 0n }),
  )
  const granted = new Set<string>()
  for (const { args, eventName } of parseEventLogs({ abi: accessManagerAbi, logs })) {
    if (eventName === 'RoleGranted') granted.add(`role ${args.roleId} of ${args.account}`)
    if (eventName === 'RoleRevoked') granted.delete(`role ${args.roleId} of ${args.account}`)
  }
  const restricted = new Map<string, bigint>()
  for (const { args } of parseEventLogs({
    abi: accessManagerAbi,
    logs,
    eventName: 'TargetFunctionRoleUpdated',
  })) {
    restricted.set(`${args.selector} of ${args.target}`, args.roleId)
  }
  for (const [call, role] of restricted) granted.add(`role ${role} for ${call}`)
  const ofTimelock = new Set<string>()
  for (const { args, eventName } of parseEventLogs({ abi: subnetTimelockAbi, logs })) {
    if (eventName === 'RoleGranted') ofTimelock.add(`role ${args.role} of ${args.account}`)
    if (eventName === 'RoleRevoked') ofTimelock.delete(`role ${args.role} of ${args.account}`)
  }
  return {
    accessManager: differencesOf(granted, handedOver(contracts)),
    timelock: differencesOf(ofTimelock, timelockRoles(contracts)),
  }
}

/** What the calls of a handover leave. */
function handedOver(contracts: Contracts): Set<string> {
  const left = new Set<string>()
  for (const data of encodeHandover(contracts, zeroAddress, zeroAddress)) {
    const { functionName, args } = decodeFunctionData({ abi: accessManagerAbi, data })
    if (functionName === 'grantRole') left.add(`role ${args[0]} of ${args[1]}`)
    if (functionName !== 'setTargetFunctionRole') continue
    const [target, selectors, role] = args
    for (const selector of selectors) left.add(`role ${role} for ${selector} of ${target}`)
  }
  return left
}

function timelockRoles({ timelock, governor }: Contracts): Set<string> {
  const role = (name: string) => keccak256(toHex(`${name}_ROLE`))
  return new Set([
    `role ${zeroHash} of ${timelock}`,
    `role ${role('PROPOSER')} of ${governor}`,
    `role ${role('CANCELLER')} of ${governor}`,
    // Anyone executes what passed.
    `role ${role('EXECUTOR')} of ${zeroAddress}`,
  ])
}

function differencesOf(actual: ReadonlySet<string>, expected: ReadonlySet<string>): string[] {
  const ofLearner = (line: string) => line.startsWith(`role ${learnerRole} of `)
  return [
    ...[...actual].filter((line) => !expected.has(line) && !ofLearner(line)).map((line) => `has ${line}`),
    ...[...expected].filter((line) => !actual.has(line) && !ofLearner(line)).map((line) => `lacks ${line}`),
  ]
}
