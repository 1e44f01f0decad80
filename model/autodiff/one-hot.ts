import type { Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { Scope } from './tape.ts'

/** One-hot rows [n, size] of `ids` [n], as reals. */
export function oneHot(scope: Scope, ids: Value, size: number): Value {
  const { graph } = scope
  const classes = raw.cast(
    graph,
    raw.integers(
      graph,
      Array.from({ length: size }, (_, i) => i),
    ),
    ids.type,
  )
  return raw.cast(graph, raw.equal(graph, raw.unsqueeze(graph, ids, 1), classes), graph.realType)
}
