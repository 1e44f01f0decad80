import type { Graph, Value } from '../graph/graph.ts'
import { add } from '../graph/operations.ts'

/**
 * One differentiable step: `pullback` receives the gradient of the step's output and emits those of its inputs,
 * null where none is wanted. It may use any values of the forward pass.
 */
export interface TapeEntry {
  readonly inputs: readonly Value[]
  readonly output: Value
  readonly pullback: (gradient: Value) => readonly (Value | null)[]
}

/** Kept apart from the node list: a composite records one entry however many nodes it emits. */
export interface Tape {
  readonly entries: TapeEntry[]
}

/** Where an operation emits its nodes, and where it records itself; `tape` is null outside training. */
export interface Scope {
  readonly graph: Graph
  readonly tape: Tape | null
}

export function record(
  scope: Scope,
  inputs: readonly Value[],
  output: Value,
  pullback: TapeEntry['pullback'],
): Value {
  scope.tape?.entries.push({ inputs, output, pullback })
  return output
}

/**
 * Reverse mode: emits the gradients of the scalar `loss` with respect to `wanted`, in that order. Where a value
 * has several consumers their gradients are added in reverse order of the tape, so the order is fixed.
 * @throws TypeError when the loss does not depend on a wanted value
 */
export function backward(scope: Scope, loss: Value, seed: Value, wanted: readonly Value[]): Value[] {
  const gradients = new Map<string, Value>([[loss.name, seed]])
  for (const entry of scope.tape?.entries.toReversed() ?? []) {
    const gradient = gradients.get(entry.output.name)
    if (gradient === undefined) continue
    entry.pullback(gradient).forEach((contribution, index) => {
      if (contribution === null) return
      const { name } = entry.inputs[index]
      const sofar = gradients.get(name)
      gradients.set(name, sofar === undefined ? contribution : add(scope.graph, sofar, contribution))
    })
  }
  return wanted.map((value) => {
    const gradient = gradients.get(value.name)
    if (gradient === undefined) throw new TypeError(`the loss does not depend on ${value.name}`)
    return gradient
  })
}
