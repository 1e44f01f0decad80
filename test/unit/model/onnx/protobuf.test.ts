import { describe, expect, it } from 'vitest'
import * as protobuf from '../../../../model/onnx/protobuf.ts'

const { createMessage, concatenate, encodeVarint } = protobuf

describe('the protobuf encoder', () => {
  it.each([
    [0, [0]],
    [1, [1]],
    [127, [127]],
    [128, [0x80, 1]],
    [150, [0x96, 1]],
    [300, [0xac, 2]],
    [-1, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ])('encodes %d as the specification does', (value, bytes) => {
    expect([...encodeVarint(value)]).toEqual(bytes)
  })

  it('encodes the messages of the specification', () => {
    const inner = createMessage()
    protobuf.writeInteger(inner, 1, 150)
    expect([...concatenate(inner)]).toEqual([0x08, 0x96, 0x01])
    const outer = createMessage()
    protobuf.writeMessage(outer, 3, inner)
    protobuf.writeString(outer, 2, 'testing')
    protobuf.writeFloat(outer, 4, 1)
    expect(Buffer.from(concatenate(outer)).toString('hex')).toBe('1a03089601120774657374696e67250000803f')
  })
})
