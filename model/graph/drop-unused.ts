import type { Graph } from './graph.ts'

/** Leaves out the nodes whose results nothing uses: the engine would compute them all the same. */
export function dropUnused(graph: Graph): void {
  const used = new Set(graph.published.keys())
  const kept = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    const isUsed = outputs.some((name) => used.has(name))
    if (isUsed) for (const name of inputs) used.add(name)
    return isUsed
  })
  graph.nodes.length = 0
  for (const node of kept.toReversed()) graph.nodes.push(node)
}
