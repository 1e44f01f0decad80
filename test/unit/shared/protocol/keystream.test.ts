import { bytesToHex, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { blocksFor, keystream } from '../../../../shared/protocol/keystream.ts'

const zeroKey: Hex = `0x${'00'.repeat(32)}`

describe('keystream', () => {
  it('is that of RFC 8439, appendix A.1, vectors 1 and 2', () => {
    expect(bytesToHex(keystream(zeroKey, 16))).toBe('0x76b8e0ada0f13d90405d6ae55386bd28')
    expect(bytesToHex(keystream(zeroKey, 16, 1))).toBe('0x9f07e7be5551387a98ba977c732d080d')
  })

  it('is the same stream from whichever block it is entered', () => {
    const whole = keystream(zeroKey, 320)
    for (let block = 0; block < 5; block++) {
      expect(keystream(zeroKey, 64, block)).toEqual(whole.slice(64 * block, 64 * block + 64))
    }
  })
})

it('blocksFor rounds up to blocks of 64 bytes', () => {
  expect([0, 1, 64, 65, 128].map(blocksFor)).toEqual([0, 1, 1, 2, 2])
})
