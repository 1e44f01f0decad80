import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { WeightTensors } from '../../../../model/architecture/inference-graphs.ts'
import { adapterOf, listTrained, mergeAdapters } from '../../../../model/architecture/low-rank.ts'
import { sizeOf } from '../../../../model/architecture/parameters.ts'
import { applyDelta, encodeDelta } from '../../../../model/checkpoint/delta.ts'
import { sha256 } from '../../../../model/checkpoint/hash.ts'
import { encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'
import { createRandom, randomWeights, smallConfig } from '../small-policy.ts'

const config = smallConfig()
const weights = randomWeights(config)

function someAdapters(rank: number): WeightTensors {
  const random = createRandom(rank)
  return new Map(
    listTrained(config, rank).map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (random() - 0.5) / 100) },
    ]),
  )
}

const parent = encodeSafetensors(weights)
const adapters = someAdapters(3)
const child = encodeSafetensors(mergeAdapters(weights, adapters))

describe('a delta of a low rank', () => {
  it.each([1, 3, 8])('gives back the child’s file to the byte, at rank %d', (rank) => {
    const moved = someAdapters(rank)
    const file = encodeSafetensors(mergeAdapters(weights, moved))
    const delta = encodeDelta(parent, file, encodeSafetensors(moved))
    expect(Buffer.from(applyDelta(parent, delta, sha256(file))).equals(file)).toBe(true)
    expect(delta.length).toBeLessThan(1.1 * encodeSafetensors(moved).length)
  })

  it('is left where the adapters do not give the child: every change is told then', () => {
    const other = encodeSafetensors(randomWeights(config, 2))
    const delta = encodeDelta(parent, other, encodeSafetensors(adapters))
    expect(delta).toEqual(encodeDelta(parent, other))
  })
})

describe('a hostile delta of a low rank', () => {
  const honest = zstdDecompressSync(encodeDelta(parent, child, encodeSafetensors(adapters)))
  const deltaOf = (tensors: WeightTensors) =>
    zstdCompressSync(Buffer.concat([honest.subarray(0, 40), encodeSafetensors(tensors)]))
  const [name, first] = [...adapters][0]
  const replaced = (key: string, shape: number[], fill = 0) =>
    new Map([...adapters, [key, { shape, data: new Float32Array(sizeOf(shape)).fill(fill) }] as const])

  it.each<[string, () => Uint8Array]>([
    ['for a matrix that there is not', () => deltaOf(replaced(adapterOf('a.b.weight'), [36, 3]))],
    ['for a norm', () => deltaOf(replaced(adapterOf('model.norm.weight'), [36, 3]))],
    ['of another height', () => deltaOf(replaced(name, [first.shape[0] + 1, 3]))],
    ['of rank 0', () => deltaOf(replaced(name, [first.shape[0], 0]))],
    ['of a rank beyond what is allowed', () => deltaOf(replaced(name, [first.shape[0], 65]))],
    ['of three axes', () => deltaOf(replaced(name, [first.shape[0], 3, 1]))],
    ['with a number that is none', () => deltaOf(replaced(name, [...first.shape], NaN))],
    ['with numbers that overflow', () => deltaOf(replaced(name, [...first.shape], 3e38))],
    ['with other numbers', () => deltaOf(replaced(name, [...first.shape], 1))],
    ['cut short', () => zstdCompressSync(honest.subarray(0, honest.length - 4))],
    ['with nothing behind its beginning', () => zstdCompressSync(honest.subarray(0, 48))],
  ])('%s is refused with its code', (_, make) => {
    expect(() => applyDelta(parent, make(), sha256(child))).toThrow(
      expect.objectContaining({ code: 'DELTA_INVALID' }),
    )
  })

  it('for another parent is refused', () => {
    const stranger = encodeSafetensors(randomWeights(config, 3))
    expect(() => applyDelta(stranger, zstdCompressSync(honest), sha256(child))).toThrow(
      expect.objectContaining({ code: 'DELTA_WRONG_PARENT' }),
    )
  })
})
