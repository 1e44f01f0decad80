import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { recoverTypedDataAddress, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { type EvidencePoint, evidenceProof, evidenceRoot } from '../../../shared/protocol/evidence.ts'
import type { Sketch } from '../../../shared/protocol/sketch.ts'
import { checkEvidence, type EvidenceClaim, type OwedEvidence } from '../../../validator/check-evidence.ts'
import { complaintDigest, complaintOf } from '../../../validator/complaint.ts'
import { encodeOpening, parseOpening } from '../../../validator/evidence-opening.ts'

const sketchStep = 2 ** -11

/** Two rollouts of two positions for one miner's window. */
const pointsOf = (window: number, miner: number): EvidencePoint[] =>
  [0, 1].flatMap((rollout) =>
    [3, 9].map((position) => ({
      window,
      miner,
      group: 2,
      rollout,
      position,
      sketch: [50 * miner + rollout, -position, 127, -128] as const,
    })),
  )
const owe = (window: number, miner: number, changes: Partial<OwedEvidence> = {}): OwedEvidence => ({
  window,
  miner,
  points: pointsOf(window, miner),
  sketchStep,
  sketchTolerance: 0,
  ...changes,
})

/** Miner 1 is paid nothing; miners 0 and 2 are audited in one window. */
const owed = [owe(4, 0), owe(4, 2)]
const truth = owed.flatMap(({ points }) => points ?? [])
const claimOf = (points: readonly EvidencePoint[], changes: Partial<EvidenceClaim> = {}): EvidenceClaim => ({
  validator: 5,
  epoch: 4,
  weights: [20_000, 0, 12_767],
  evidenceRoot: evidenceRoot(points),
  opening: points,
  ...changes,
})
const sealed = (points: readonly EvidencePoint[]) => claimOf(points, { opening: null })
const kindsOf = ({ faults }: ReturnType<typeof checkEvidence>) => faults.map(({ kind }) => kind)

describe('evidence without an opening', () => {
  it('is true when it is what was recomputed, in whatever order', () => {
    expect(checkEvidence(sealed(truth.toReversed()), owed)).toMatchObject({ outcome: 'true', faults: [] })
  })

  it('is false when another root is impossible: one window for each miner, and no tolerance', () => {
    const finding = checkEvidence(sealed(truth.slice(1)), owed)
    expect(finding).toMatchObject({ outcome: 'false', owedRoot: evidenceRoot(truth) })
    expect(kindsOf(finding)).toEqual(['root-not-owed'])
  })

  it('proves nothing where machines may round differently, or a window may have been out of reach', () => {
    const tolerant = owed.map((pair) => ({ ...pair, sketchTolerance: 1e-3 }))
    expect(checkEvidence(sealed(truth.slice(1)), tolerant).outcome).toBe('unopened')
    expect(checkEvidence(sealed(truth), [...owed, owe(5, 0)]).outcome).toBe('unopened')
  })

  it('is not held against a validator where we could not recompute it', () => {
    const finding = checkEvidence(sealed(truth), [owed[0], owe(4, 2, { points: null })])
    expect(finding).toMatchObject({ outcome: 'undecided', owedRoot: null, faults: [] })
  })

  it('is false for every miner that is paid under a root of nothing', () => {
    const lazy = { ...sealed([]), evidenceRoot: zeroHash }
    const finding = checkEvidence(lazy, [owed[0], owe(4, 2, { points: null })])
    expect(finding.outcome).toBe('false')
    expect(finding.faults).toEqual([
      { kind: 'weight-without-evidence', miner: 0, weight: 20_000 },
      { kind: 'weight-without-evidence', miner: 2, weight: 12_767 },
    ])
  })

  it('is true when nothing is shown and nobody is paid', () => {
    const nobody = { ...sealed([]), weights: [0, 0, 0] }
    expect(checkEvidence(nobody, owed).outcome).toBe('true')
  })

  it('is false for a miner that is paid and committed nothing, or only what nobody can read', () => {
    const friend = { ...sealed(truth), weights: [20_000, 5, 12_762] }
    for (const commitments of [owed, [...owed, owe(4, 1, { points: [] })]]) {
      expect(checkEvidence(friend, commitments).faults).toEqual([
        { kind: 'weight-without-evidence', miner: 1, weight: 5 },
      ])
    }
  })
})

describe('evidence with an opening', () => {
  it('is true within the policy’s tolerance, and false beyond it', () => {
    const drifted = truth.map((point) => ({
      ...point,
      sketch: point.sketch.with(2, -127) as unknown as Sketch,
    }))
    const tolerant = owed.map((pair) => ({ ...pair, sketchTolerance: 2 * sketchStep }))
    expect(checkEvidence(claimOf(drifted), tolerant)).toMatchObject({ outcome: 'true', faults: [] })
    const strict = owed.map((pair) => ({ ...pair, sketchTolerance: sketchStep }))
    const finding = checkEvidence(claimOf(drifted), strict)
    expect(finding.outcome).toBe('false')
    expect(kindsOf(finding)).toEqual(truth.map(() => 'sketch-wrong'))
  })

  it.each([
    ['a point left out', () => truth.slice(1), ['point-missing']],
    ['a point twice', () => [...truth, truth[0]], ['point-given-twice']],
    [
      'a position of its own choice',
      () => [{ ...truth[0], position: 4 }, ...truth.slice(1)],
      ['point-not-owed', 'point-missing'],
    ],
    ['a miner that it does not pay', () => [...truth, ...pointsOf(4, 1)], Array(4).fill('point-not-owed')],
    [
      'a window that is not of the epoch',
      () => [...truth, ...pointsOf(9, 0)],
      Array(4).fill('point-not-owed'),
    ],
    ['nothing for a miner that it pays', () => pointsOf(4, 0), ['weight-without-evidence']],
  ])('is false with %s', (_, change, kinds) => {
    const finding = checkEvidence(claimOf(change()), owed)
    expect(finding.outcome).toBe('false')
    expect(kindsOf(finding)).toEqual(kinds)
  })

  it('of another validator is false: its signs were keyed to another', () => {
    const others = truth.map((point) => ({ ...point, sketch: [7, 7, 7, 7] as const }))
    expect(checkEvidence(claimOf(others), owed).outcome).toBe('false')
  })

  it('names the windows that it leaves out of a miner whom it shows in another', () => {
    const finding = checkEvidence(claimOf(truth), [...owed, owe(5, 0), owe(6, 2, { points: [] })])
    expect(finding).toMatchObject({ outcome: 'gaps', faults: [], gaps: [{ window: 5, miner: 0 }] })
  })

  it('is undecided where what it shows could not be recomputed, but not where the rest is false', () => {
    const unknown = [owe(4, 0, { points: null }), owed[1]]
    expect(checkEvidence(claimOf(truth), unknown).outcome).toBe('undecided')
    expect(checkEvidence(claimOf(truth.slice(0, -1)), unknown).outcome).toBe('false')
  })

  it('counts for nothing when it is not of the root: anybody may have written the file', () => {
    const forged = claimOf(truth, { opening: truth.slice(1) })
    expect(checkEvidence(forged, owed).outcome).toBe('true')
    const tolerant = owed.map((pair) => ({ ...pair, sketchTolerance: 1e-3 }))
    const foreign = claimOf(truth.slice(1), { opening: truth.slice(2) })
    expect(checkEvidence(foreign, tolerant)).toMatchObject({ outcome: 'unopened', faults: [] })
  })
})

describe('an opening', () => {
  it('is read back from its file, and has a path to its root for every point', () => {
    const about = { epoch: 4, validator: 5, evidenceRoot: evidenceRoot(truth), points: truth }
    expect(parseOpening(encodeOpening(about), 'file')).toEqual(about)
    const statement = { rowDigest: zeroHash, signature: `0x${'5a'.repeat(65)}` as const }
    expect(parseOpening(encodeOpening({ ...about, statement }), 'file')).toEqual({ ...about, statement })
    const types = ['uint64', 'uint32', 'uint32', 'uint32', 'uint32', 'int8', 'int8', 'int8', 'int8']
    for (const point of truth) {
      const { window, miner, group, rollout, position, sketch } = point
      const leaf = [String(window), miner, group, rollout, position, ...sketch]
      const path = evidenceProof(truth, point)
      expect(StandardMerkleTree.verify(about.evidenceRoot, types, leaf, path)).toBe(true)
    }
  })

  it.each([
    ['text', 'no JSON'],
    [
      'another version',
      encodeOpening({ epoch: 0, validator: 0, evidenceRoot: zeroHash, points: [] }).replace('1}', '2}'),
    ],
    [
      'a sketch beyond 8 bits',
      encodeOpening({
        epoch: 0,
        validator: 0,
        evidenceRoot: zeroHash,
        points: [{ ...truth[0], sketch: [128, 0, 0, 0] }],
      }),
    ],
  ])('that is %s is refused', (_, text) => {
    expect(() => parseOpening(text, 'file')).toThrow(expect.objectContaining({ code: 'OPENING_MALFORMED' }))
  })
})

it('a complaint is signed by its key, and binds the reveal and the finding', async () => {
  const scoreBook = `0x${'5b'.repeat(20)}` as const
  const contracts = { scoreBook } as Parameters<typeof complaintOf>[0]['contracts']
  const claim = sealed(truth.slice(1))
  const finding = checkEvidence(claim, owed)
  const complaint = complaintOf({ chainId: 31_337, contracts }, claim, finding)
  const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
  const signature = await account.signTypedData(complaint)
  expect(await recoverTypedDataAddress({ ...complaint, signature })).toBe(account.address)
  const other = (changes: Partial<EvidenceClaim>) =>
    complaintDigest(complaintOf({ chainId: 31_337, contracts }, { ...claim, ...changes }, finding))
  const digests = [{}, { epoch: 5 }, { validator: 6 }, { weights: [1] }, { evidenceRoot: zeroHash }].map(
    other,
  )
  expect(new Set(digests).size).toBe(5)
  expect(digests[0]).toBe(complaintDigest(complaint))
})
