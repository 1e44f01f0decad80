import { SubnetError } from '../../shared/errors.ts'
import { buildDecodeGraph, buildScoreGraph } from '../architecture/inference-graphs.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import { sha256OfPieces } from '../checkpoint/hash.ts'
import type { EngineOptions, NumericsProfile } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { encodeGraphInPieces, type Graph } from '../graph/graph.ts'
import type { PolicySession } from '../session.ts'
import { decodeRows } from './decode-rows.ts'
import { openOnce } from './open-once.ts'
import { DISTRIBUTIONS, scoreRows } from './score-rows.ts'

/**
 * Opens a verified checkpoint under a numerics profile. Both profiles run the same graph bytes: `fast` on native
 * kernels, `exact` on WebAssembly; on one thread unless `threads` says otherwise, with the same bits either way.
 * A role either decodes or scores: each engine, which holds the weights once more, is opened when it is first used.
 * @throws SubnetError POLICY_GRAPH_MISMATCH when this build derives other graphs than the manifest names
 */
export async function openSession(
  checkpoint: Checkpoint,
  profile: NumericsProfile,
  options: Pick<EngineOptions, 'threads' | 'device'> = {},
): Promise<PolicySession> {
  const { config, weights, manifest } = checkpoint
  const { temperature } = manifest.sampling
  const decodeGraph = buildDecodeGraph(config, weights, temperature)
  const scoreGraph = buildScoreGraph(config, weights, temperature)
  requireGraph(decodeGraph, manifest.graphs.decode)
  requireGraph(scoreGraph, manifest.graphs.score)
  const decode = openOnce(() => openEngine(profile, decodeGraph, options))
  const score = openOnce(() => openEngine(profile, scoreGraph, options))
  return {
    vocabulary: config.vocabulary,
    temperature,
    context: config.context,
    generate: (prompts, limits, choose) => decodeRows(decode, config, prompts, limits, choose),
    score: (rows, visit) => scoreRows(score, config, DISTRIBUTIONS, rows, visit),
    async close() {
      await decode.close()
      await score.close()
    },
  }
}

function requireGraph(graph: Graph, expected: string): void {
  const { name } = graph
  const actual = sha256OfPieces(encodeGraphInPieces(graph))
  if (actual === expected) return
  throw new SubnetError(
    'POLICY_GRAPH_MISMATCH',
    `The ${name} graph built here hashes to ${actual}, the manifest names ${expected}: this build of the ` +
      'program describes the policy differently. Run the version that the policy was registered with.',
    { details: { graph: name, expected, actual } },
  )
}
