import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { NumericsProfile } from '../../../../model/engine/engine.ts'
import { openEngine } from '../../../../model/engine/open-engine.ts'
import {
  addInitializer,
  addInput,
  addOutput,
  createGraph,
  encodeGraph,
  type Graph,
} from '../../../../model/graph/graph.ts'
import * as raw from '../../../../model/graph/operations.ts'
import { outsideBytes, splitGraph } from '../../../../model/graph/outside-weights.ts'
import { createRandom } from '../small-policy.ts'

const WIDTH = 64
const inputs = {
  x: { data: Float32Array.from({ length: WIDTH }, (_, i) => Math.fround(i / 7)), shape: [1, WIDTH] },
}

/** x [1, 64] times a [64, n] constant, plus a constant that is small. */
function product(columns: number): Graph {
  const random = createRandom(5)
  const graph = createGraph('product')
  const x = addInput(graph, 'x', 'float32', [1, WIDTH])
  const weight = Float32Array.from({ length: WIDTH * columns }, () => random() - 0.5)
  const product = raw.matmul(graph, x, addInitializer(graph, 'w', 'float32', [WIDTH, columns], weight))
  addOutput(graph, 'y', raw.add(graph, product, raw.scalar(graph, 0.5)))
  return graph
}

describe('weights outside of the model', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'outside-'))
    vi.stubEnv('TMPDIR', dir)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(dir, { recursive: true, force: true })
  })

  it('lie page by page, in the order of the constants', () => {
    const graph = product(1024)
    addInitializer(graph, 'second', 'float32', [16_385], new Float32Array(16_385).fill(3))
    const { model, weights, length } = splitGraph(graph, 'beside')
    const bytes = Buffer.concat([...weights])
    expect(bytes.length).toBe(length)
    expect(length).toBe(4 * WIDTH * 1024 + 17 * 4096)
    expect(outsideBytes(graph)).toBe(4 * (WIDTH * 1024 + 16_385))
    expect(bytes.readFloatLE(4 * WIDTH * 1024)).toBe(3)
    expect(bytes.subarray(4 * (WIDTH * 1024 + 16_385)).every((byte) => byte === 0)).toBe(true)
    expect(model.length).toBeLessThan(1000)
    expect(encodeGraph(graph).length).toBeGreaterThan(length - 2 * 4096)
  })

  it.each<NumericsProfile>(['fast', 'exact'])(
    'give the same numbers under %s, and leave no file',
    async (profile) => {
      const columns = 2 ** 18
      const large = product(columns)
      expect(outsideBytes(large)).toBe(2 ** 26)
      const engine = await openEngine(profile, large)
      expect(readdirSync(dir).filter((name) => name.startsWith('rollproof'))).toEqual([])
      const { y } = await engine.run(inputs, ['y'])
      await engine.close()
      const weight = large.initializers[0].bytes as Uint8Array
      const numbers = new Float32Array(weight.buffer)
      for (const column of [0, 1, 4097, columns - 1]) {
        let expected = 0.5
        for (let i = 0; i < WIDTH; i++) expected += inputs.x.data[i] * numbers[i * columns + column]
        expect(y.data[column]).toBeCloseTo(expected, 4)
      }
    },
  )

  it('name the directory that cannot be written', async () => {
    vi.stubEnv('TMPDIR', join(dir, 'absent'))
    expect(existsSync(join(dir, 'absent'))).toBe(false)
    await expect(openEngine('fast', product(2 ** 18))).rejects.toMatchObject({
      code: 'GRAPH_UNWRITABLE',
      details: { dir: join(dir, 'absent') },
    })
  })
})
