import { fileURLToPath } from 'node:url'
import type { WeightTensors } from '../../model/architecture/inference-graphs.ts'
import { createCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { numericsOf } from '../../model/checkpoint/numerics.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import type { Policy } from '../../model/policy.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'

const defaultDir = fileURLToPath(new URL('../../models/default', import.meta.url))

/**
 * The embedded policy's weights and tokenizer as a policy with shorter completions, so that some are cut.
 * @param kernels other kernels than the profile names, as another machine would have
 * @param change other weights, as a cheat would have
 */
export async function openDefaultPolicy(options: {
  readonly profile?: NumericsProfile
  readonly kernels?: NumericsProfile
  readonly change?: (weights: WeightTensors) => WeightTensors
}): Promise<Policy> {
  const { profile = 'fast', kernels = profile, change = (weights) => weights } = options
  const embedded = await readCheckpoint(defaultDir)
  const { sampling, environment, parent } = embedded.manifest
  const checkpoint = createCheckpoint({
    ...embedded,
    weights: change(embedded.weights),
    sampling: { ...sampling, maxTokens: 24 },
    environment,
    parent,
    numerics: numericsOf(profile).numerics,
  })
  return {
    manifest: checkpoint.manifest,
    manifestHash: checkpoint.manifestHash,
    session: await openSession(checkpoint, kernels),
    codec: loadTokenizer(checkpoint.tokenizerJson),
    environment: findEnvironment(environment.id),
  }
}
