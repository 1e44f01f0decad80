import { constants, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig } from '../../model/architecture/config.ts'
import { canonicalJson, hashManifest, type Manifest, parseManifest } from '../../model/checkpoint/manifest.ts'
import { numericsUnder } from '../../model/checkpoint/numerics.ts'
import { FILES } from '../../model/checkpoint/read-checkpoint.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import type { Environment } from '../../shared/environments/environment.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { PreparedPolicy } from './prepare-policy.ts'

/**
 * Puts a checkpoint that somebody brought on the devnet's shelf, under this run's environment and numerics. Its files
 * are copied without a look: every role verifies what it opens.
 * @throws SubnetError CHECKPOINT_MISSING, CHECKPOINT_CORRUPT, POLICY_ARCHITECTURE_UNSUPPORTED
 */
export async function bringPolicy(
  dir: string,
  options: {
    readonly checkpoints: string
    readonly environment: Environment
    readonly profile: NumericsProfile
  },
): Promise<PreparedPolicy> {
  const { id, parametersHash } = options.environment
  const read = (name: string) =>
    readFile(join(dir, name), 'utf8').catch((cause) => {
      throw new SubnetError(
        'CHECKPOINT_MISSING',
        `${join(dir, name)} cannot be read. Give --policy a checkpoint.`,
        {
          cause,
        },
      )
    })
  const brought = parseManifest(await read(FILES.manifest), join(dir, FILES.manifest))
  const manifest: Manifest = {
    ...brought,
    ...{ environment: { id, parametersHash }, ...numericsUnder(brought, options.profile) },
  }
  const config = parseConfig(JSON.parse(await read(FILES.config)))
  const manifestHash = hashManifest(manifest)
  const shelf = join(options.checkpoints, manifestHash)
  await mkdir(shelf, { recursive: true })
  for (const name of [FILES.weights, FILES.config, FILES.tokenizer]) {
    await copyFile(join(dir, name), join(shelf, name), constants.COPYFILE_FICLONE)
  }
  await writeFile(join(shelf, FILES.manifest), canonicalJson(manifest))
  return { active: { manifest, manifestHash, config } }
}
