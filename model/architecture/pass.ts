import { addInitializer, type Graph, type Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { ArchitectureConfig } from './config.ts'
import type { Pass } from './decoder.ts'
import { rotaryTables } from './rotary.ts'

/** Low enough that its exponential is 0 beside any visible score, high enough never to make a NaN. */
const HIDDEN = -1e9

/** Rotary tables [positions, headWidth] as constants of the graph. */
function addRotary(graph: Graph, config: ArchitectureConfig): { cosine: Value; sine: Value } {
  const tables = rotaryTables(config)
  const shape = [tables.positions, config.headWidth]
  return {
    cosine: addInitializer(graph, 'rotary.cosine', graph.realType, shape, tables.cosine),
    sine: addInitializer(graph, 'rotary.sine', graph.realType, shape, tables.sine),
  }
}

export function rotaryAt(
  graph: Graph,
  config: ArchitectureConfig,
  positions: Value,
): { cosine: Value; sine: Value } {
  const tables = addRotary(graph, config)
  return {
    cosine: raw.unsqueeze(graph, raw.gather(graph, tables.cosine, positions), 2),
    sine: raw.unsqueeze(graph, raw.gather(graph, tables.sine, positions), 2),
  }
}

/**
 * [b, 1, copies * s, c]: column j is visible to a query at position p when j <= p. Tokens to the right of a
 * row's end, padding included, are therefore never seen by the row.
 */
export function causalMask(graph: Graph, positions: Value, columns: Value, copies: number): Value {
  const rows = raw.concatenate(graph, Array<Value>(copies).fill(positions), 1, 'queryRows')
  const visible = raw.lessOrEqual(graph, columns, raw.unsqueeze(graph, rows, 2))
  const mask = raw.where(graph, visible, raw.scalar(graph, 0), raw.scalar(graph, HIDDEN))
  return raw.unsqueeze(graph, mask, 1)
}

/** Whole sequences from position 0, right padded: tokens [b, s]. */
export function teacherForcedPass(graph: Graph, config: ArchitectureConfig, tokens: Value): Pass {
  const length = raw.lengthOf(graph, tokens, 1)
  const columns = raw.range(graph, length, tokens.shape[1])
  const positions = raw.unsqueeze(graph, columns, 0)
  const group = config.heads / config.keyValueHeads
  return {
    tokens,
    ...rotaryAt(graph, config, positions),
    mask: causalMask(graph, positions, columns, group),
    queryCopies: 1,
    remember: (_layer, keys, values) => ({ keys, values }),
  }
}

export interface CacheValues {
  readonly keys: Value
  readonly values: Value
}

/**
 * Tokens [b, s] that continue rows from their position `start` [b], with caches [b, h, capacity, d]. New keys and
 * values are written into the cache first; then the operations are those of the teacher-forced pass.
 */
export function continuingPass(
  graph: Graph,
  config: ArchitectureConfig,
  tokens: Value,
  start: Value,
  caches: readonly CacheValues[],
  grown: (layer: number, cache: CacheValues) => void,
): Pass {
  const offsets = raw.range(graph, raw.lengthOf(graph, tokens, 1), tokens.shape[1])
  const positions = raw.add(graph, raw.unsqueeze(graph, start, 1), offsets)
  const first = caches[0].keys
  const columns = raw.range(graph, raw.lengthOf(graph, first, 2), first.shape[2])
  const group = config.heads / config.keyValueHeads
  const queryCopies = group === 1 ? 2 : 1
  return {
    tokens,
    ...rotaryAt(graph, config, positions),
    mask: causalMask(graph, positions, columns, group * queryCopies),
    queryCopies,
    remember: (layer, keys, values) => {
      const past = caches[layer]
      const cache = {
        keys: raw.scatterSequence(graph, past.keys, keys, start),
        values: raw.scatterSequence(graph, past.values, values, start),
      }
      grown(layer, cache)
      return cache
    },
  }
}
