import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { keccak256, toHex } from 'viem'
import { z } from 'zod'
import { addressSchema } from '../shared/chain/deployment.ts'
import { SubnetError } from '../shared/errors.ts'
import type { SubnetConfig } from './config.ts'
import type { DeploymentStart } from './plan.ts'

/**
 * What a stopped deployment needs to go on, kept beside the deployment file until that one is written. It is
 * written before anything is paid for; how far the deployment came, only the chain says.
 */
const startedSchema = z.strictObject({
  chainId: z.int().min(1),
  /** Of the configuration: other terms would give other contracts at the same addresses. */
  configuration: z.string(),
  deployer: addressSchema,
  firstNonce: z.int().min(0),
  startBlock: z.int().min(1),
})

/** @throws SubnetError DEPLOYMENT_DIFFERS when another deployment was started here */
export function readStarted(path: string, config: SubnetConfig, chainId: number): DeploymentStart | null {
  const text = readIfThere(path)
  if (text === null) return null
  const started = startedSchema.safeParse(parseJson(text))
  if (!started.success) throw differs(path, 'it is not what this command writes')
  const { configuration, chainId: startedOn, ...start } = started.data
  if (startedOn !== chainId) throw differs(path, `it was started on chain ${startedOn}, not ${chainId}`)
  if (configuration !== digestOf(config)) throw differs(path, 'it was started with another configuration')
  return start
}

/** @throws SubnetError CONFIG_INVALID */
export function writeStarted(
  path: string,
  config: SubnetConfig,
  chainId: number,
  start: DeploymentStart,
): void {
  const content = { chainId, configuration: digestOf(config), ...start }
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', flush: true })
  } catch (cause) {
    throw new SubnetError('CONFIG_INVALID', `cannot write ${path}: ${(cause as Error).message}`, {
      details: { path },
      cause,
    })
  }
}

export function removeStarted(path: string): void {
  rmSync(path, { force: true })
}

function digestOf(config: SubnetConfig): string {
  return keccak256(
    toHex(JSON.stringify(config, (_, value) => (typeof value === 'bigint' ? `${value}` : value))),
  )
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function differs(path: string, why: string): SubnetError {
  return new SubnetError(
    'DEPLOYMENT_DIFFERS',
    `${path} is of another deployment: ${why}. Complete that one with its own settings, or choose another --out.`,
    { details: { path } },
  )
}
