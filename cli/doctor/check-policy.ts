import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../model/checkpoint/hash.ts'
import type { Manifest } from '../../model/checkpoint/manifest.ts'
import { numericsOf } from '../../model/checkpoint/numerics.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { Device } from '../../model/engine/engine.ts'
import { findCheckpoint } from '../../model/find-checkpoint.ts'
import { revertedWith } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import { windowAt } from '../../shared/protocol/schedule.ts'
import { type Finding, fail, failed, ok, warn } from './finding.ts'
import type { Machine } from './machine.ts'

/** The checkpoint that the chain names for now: every hash of it, its environment, and this machine's numerics. */
export async function checkPolicy(
  chain: ChainContext,
  roots: readonly string[],
  { dataset, device }: { readonly dataset: string | undefined; readonly device: Device },
  machine: Machine,
): Promise<Finding[]> {
  let dir: string
  let manifest: Manifest
  try {
    const window = Math.max(0, windowAt(await readSchedule(chain), await readBlockNumber(chain)))
    const { manifestHash } = await readActivePolicy(chain, window)
    ;({ dir, manifest } = await findCheckpoint(roots, manifestHash))
  } catch (error) {
    return [absent(error)]
  }
  try {
    await readCheckpoint(dir)
  } catch (error) {
    return [
      failed('policy', error, `remove ${dir}: the role fetches the checkpoint again, from the chain's URI`),
    ]
  }
  return [checkEnvironment(dir, manifest, dataset), ...(await checkNumerics(dir, manifest, device, machine))]
}

function absent(error: unknown): Finding {
  if (revertedWith(error) === 'NoActivePolicy') {
    return warn(
      'policy',
      'the subnet has announced no policy yet',
      'wait for the learner: rollproof policy publish',
    )
  }
  if (error instanceof SubnetError && error.code === 'CHECKPOINT_MISSING') {
    const fix =
      'the role fetches it at its start; to have it before: rollproof policy fetch URI --out DIR and --checkpoints DIR'
    return warn('policy', error.message, fix)
  }
  return failed('policy', error, 'ask again when the chain answers')
}

function checkEnvironment(dir: string, { environment }: Manifest, dataset: string | undefined): Finding {
  try {
    const { id, parametersHash } = findEnvironment(environment.id, { gsm8kPath: dataset })
    if (parametersHash !== environment.parametersHash) {
      const found = `the environment ${id} has other parameters here than in ${dir}`
      return fail('policy', found, 'update the program, or give the --dataset that was published')
    }
    return ok('policy', `${dir}: every hash as the chain names it, environment ${id}`)
  } catch (error) {
    return failed('policy', error, 'give --dataset the published file, or update the program')
  }
}

async function checkNumerics(
  dir: string,
  { runtime, numerics }: Manifest,
  device: Device,
  machine: Machine,
): Promise<Finding[]> {
  const own = numericsOf(numerics.profile).runtime
  if (runtime !== own) {
    const found = `the policy was made for ${runtime}, and this is ${own}`
    return [fail('numerics', found, 'run the version of the program that the subnet runs')]
  }
  if (numerics.profile === 'exact') return [ok('numerics', 'exact: the same bits on every machine')]
  const kernels = await machine.kernelClass(device).catch((error: unknown) => {
    // The check of the engine has named a device that is missing.
    if (error instanceof SubnetError) return null
    throw error
  })
  if (kernels === null) return []
  const measured = await measuredKernels(dir, numerics.calibration)
  if (measured.includes(kernels)) return [ok('numerics', `fast: ${kernels}, which the calibration covers`)]
  const fix = `measure it: rollproof calibrate --policy ${dir}, and tell whoever runs the subnet; honest drift may be larger here`
  return [warn('numerics', `fast: ${kernels} is a class of machines that nobody has measured`, fix)]
}

/** Kernel classes in the calibration that the manifest names; none where it is not beside it. */
async function measuredKernels(dir: string, calibration: string | null): Promise<string[]> {
  const bytes = await readFile(join(dir, 'calibration.json')).catch(() => null)
  if (!bytes || sha256(bytes) !== calibration) return []
  const { measurements } = JSON.parse(bytes.toString('utf8')) as { measurements: { kernels: string }[] }
  return measurements.map(({ kernels }) => kernels)
}
