import { zeroHash } from 'viem'
import { describe, expect, it } from 'vitest'
import { type EvidencePoint, evidenceRoot, evidenceSeed } from '../../../../shared/protocol/evidence.ts'
import { hashTokens } from '../../../../shared/protocol/seed.ts'

const points: EvidencePoint[] = [0, 1, 2].map((rollout) => ({
  window: 7,
  miner: 3,
  group: 1,
  rollout,
  position: 4,
  sketch: [-128, 127, 0, 1],
}))

describe('evidenceRoot', () => {
  it('is zero for a validator that audited nothing', () => {
    expect(evidenceRoot([])).toBe(zeroHash)
    expect(evidenceRoot(points)).not.toBe(zeroHash)
  })

  it('does not depend on the order of work, and on everything else', () => {
    const root = evidenceRoot(points)
    expect(evidenceRoot(points.toReversed())).toBe(root)
    for (const change of [{ window: 8 }, { miner: 4 }, { group: 2 }, { rollout: 9 }, { position: 5 }]) {
      expect(evidenceRoot([{ ...points[0], ...change }, ...points.slice(1)])).not.toBe(root)
    }
    const others = [
      [-127, 127, 0, 1],
      [-128, 126, 0, 1],
      [-128, 127, 1, 1],
      [-128, 127, 0, 2],
      [127, -128, 0, 1],
    ] as const
    for (const sketch of others) {
      expect(evidenceRoot([{ ...points[0], sketch }, ...points.slice(1)])).not.toBe(root)
    }
  })
})

it('evidenceSeed is each validator’s own, for each rollout', () => {
  const seed = `0x${'5a'.repeat(32)}` as const
  const tokens = hashTokens([1])
  const seeds = [
    evidenceSeed(seed, 0, 1, 2, 3, tokens),
    evidenceSeed(seed, 1, 1, 2, 3, tokens),
    evidenceSeed(seed, 0, 2, 2, 3, tokens),
    evidenceSeed(seed, 0, 1, 3, 3, tokens),
    evidenceSeed(seed, 0, 1, 2, 4, tokens),
    evidenceSeed(seed, 0, 1, 2, 3, hashTokens([2])),
  ]
  expect(new Set(seeds).size).toBe(6)
})
