import { expect, it } from 'vitest'
import { dequantise } from '../../../../model/hub/dequantise.ts'
import type { BlockType } from '../../../../model/hub/weight-types.ts'
import vectors from '../../../vectors/gguf.json' with { type: 'json' }

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}

it.each(Object.keys(vectors.blocks) as BlockType[])('%s gives the floats of ggml’s reference', (type) => {
  const { blocks, numbers } = vectors.blocks[type]
  const expected = new Float32Array(bytesOf(numbers).buffer)
  const actual = new Float32Array(expected.length)
  dequantise(bytesOf(blocks), type, actual)
  expect(actual).toEqual(expected)
})
