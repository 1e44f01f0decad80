import { sha256 } from '../checkpoint/hash.ts'
import { addInitializer, addInput, addOutput, createGraph } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { Device } from './engine.ts'
import { openEngine } from './open-engine.ts'

/** Awkward on purpose: every width leaves a remainder that vector units of different sizes treat differently. */
const ROWS = 7
const WIDTH = 173
const INNER = 61

/**
 * Names this machine's native kernels by what they compute: `native-`, or the device where it is not the CPU, and 8
 * hex digits of the bits that a small product, a sigmoid and two softmaxes give. Machines that answer alike are one class under the profile `fast`,
 * whatever their makers call them; CPU flags would say less, and lie under emulation.
 */
export async function nativeKernelClass(device: Device = 'cpu'): Promise<string> {
  const graph = createGraph('probe')
  const x = addInput(graph, 'x', 'float32', [ROWS, WIDTH])
  const first = addInitializer(graph, 'first', 'float32', [WIDTH, INNER], numbers(1, WIDTH * INNER))
  const second = addInitializer(graph, 'second', 'float32', [INNER, WIDTH], numbers(2, INNER * WIDTH))
  const hidden = raw.sigmoid(graph, raw.matmul(graph, x, first))
  const logits = raw.matmul(graph, hidden, second)
  const outputs = { logits, softmax: raw.softmax(graph, logits), log_softmax: raw.logSoftmax(graph, logits) }
  for (const [name, value] of Object.entries(outputs)) addOutput(graph, name, value)
  const engine = await openEngine('fast', graph, { device })
  try {
    const results = await engine.run(
      { x: { data: numbers(3, ROWS * WIDTH), shape: [ROWS, WIDTH] } },
      Object.keys(outputs),
    )
    const bytes = Object.keys(outputs).map((name) => {
      const { data } = results[name]
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    })
    return `${device === 'cpu' ? 'native' : device}-${sha256(Buffer.concat(bytes)).slice(2, 10)}`
  } finally {
    await engine.close()
  }
}

/** Multiples of 2^-16 in [-0.5, 0.5) from a linear congruential generator: the same on every machine. */
function numbers(seed: number, count: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 16) / 65_536 - 0.5
  })
}
