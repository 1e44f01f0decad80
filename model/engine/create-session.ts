import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import { SubnetError } from '../../shared/errors.ts'
import { encodeGraph, type Graph } from '../graph/graph.ts'
import { outsideBytes, type SplitGraph, splitGraph } from '../graph/outside-weights.ts'
import type { NumericsProfile } from './engine.ts'

/** The part of onnxruntime's interface that both packages share. */
export interface SessionFactory {
  create(model: Uint8Array | string, options: InferenceSession.SessionOptions): Promise<InferenceSession>
}

/** Weights of more bytes are handed over outside of the model's own. */
const LARGE = 1 << 26
const WEIGHTS = 'weights'

/**
 * Opens a graph. Large weights go by a file of their own: native kernels map a temporary one into memory and read it
 * once, when they lay weights out for their products; portable ones are handed its bytes.
 * @throws SubnetError GRAPH_UNWRITABLE
 */
export async function createSession(
  factory: SessionFactory,
  profile: NumericsProfile,
  graph: Graph,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  if (outsideBytes(graph) < LARGE) return factory.create(encodeGraph(graph), options)
  const split = splitGraph(graph, WEIGHTS)
  if (profile === 'exact') {
    const externalData = [{ path: WEIGHTS, data: gather(split) }]
    return factory.create(split.model, { ...options, externalData })
  }
  const dir = await mkdtemp(join(tmpdir(), 'rollproof-graph-')).catch(failWriting)
  try {
    const path = join(dir, 'graph.onnx')
    await writeFile(path, split.model).catch(failWriting)
    await writeFile(join(dir, WEIGHTS), split.weights).catch(failWriting)
    return await factory.create(path, options)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function gather({ weights, length }: SplitGraph): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of weights) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function failWriting(cause: Error): never {
  throw new SubnetError(
    'GRAPH_UNWRITABLE',
    `the weights of this policy cannot be written to ${tmpdir()} for the engine: ${cause.message}. Free some space there, or name another directory by TMPDIR.`,
    { retryable: true, details: { dir: tmpdir() }, cause },
  )
}
