import { findCheckpoint } from '../../model/find-checkpoint.ts'
import { SubnetError } from '../../shared/errors.ts'
import { type OpenBundle, openBundle, type Read } from '../../shared/protocol/bundle.ts'
import type { BundleLimits } from '../../shared/protocol/bundle-limits.ts'
import type { ExplainCase } from '../../validator/explain-case.ts'

/** A miner's bundle as far as anybody can read it, and what its policy says. */
export interface ServedBundle {
  readonly bundle: OpenBundle
  readonly limits: BundleLimits
  readonly checkpoint: Awaited<ReturnType<typeof findCheckpoint>>
}

/** @throws SubnetError NOT_DISPUTABLE where it cannot be read, CHECKPOINT_MISSING */
export async function openServedBundle(
  checkpoints: readonly string[],
  facts: ExplainCase,
): Promise<ServedBundle> {
  const checkpoint = await findCheckpoint(checkpoints, facts.policy)
  const { maxTokens } = checkpoint.manifest.sampling
  // A token beyond the vocabulary has no text, which the contract finds itself.
  const limits = { rules: facts.rules, maxTokens, vocabulary: 2 ** 32 }
  return { bundle: requireReadable(openBundle(facts.bundle, limits)), limits, checkpoint }
}

/** @throws SubnetError NOT_DISPUTABLE */
export function requireReadable<Value>({ value, rejection }: Read<Value>): Value {
  if (!rejection) return value
  throw new SubnetError(
    'NOT_DISPUTABLE',
    `this cannot be proven on chain: the bundle cannot be read (${rejection.reason})`,
    { details: { ...rejection } },
  )
}
