import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bytesToHex, type Hex, keccak256 } from 'viem'
import { ownSample, sharedSample, sketchPositions } from '../shared/protocol/audit.ts'
import { encodeGroup, headerOf } from '../shared/protocol/bundle.ts'
import { commitmentProof, commitmentRoot } from '../shared/protocol/commitment.ts'
import { evidenceRoot, evidenceSeed } from '../shared/protocol/evidence.ts'
import { keystream } from '../shared/protocol/keystream.ts'
import type { Bundle, Rollout } from '../shared/protocol/rollout.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { owedToken, samplingUniforms } from '../shared/protocol/sampling.ts'
import { minerScore, weightRow } from '../shared/protocol/score.ts'
import { auditSeed, childSeed, hashTokens, tokenBoundSeed, windowSeed } from '../shared/protocol/seed.ts'
import { newcomer, updateStanding } from '../shared/protocol/sequential.ts'
import { sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'

const fill = (byte: string, length: number): Hex => `0x${byte.repeat(length)}`
const largest = 2 ** 32 - 1

const window = {
  chainId: 31_337,
  rolloutLog: fill('ab', 20),
  window: 7,
  blockHash: fill('01', 32),
  randomness: fill('02', 32),
}
const seedOfWindow = windowSeed(window)
const seedOfAudit = auditSeed(seedOfWindow, fill('03', 32))
const rules: Rules = {
  groupSize: 4,
  maxGroups: 64,
  auditRatePpm: 125_000,
  auditFloor: 3,
  sketchPositions: 4,
  coefficients: {
    base: 100_000,
    correctness: 500_000,
    reasoning: 200_000,
    satisfaction: 100_000,
    signal: 100_000,
  },
}

function seeds() {
  const later = { ...window, chainId: 1, window: Number.MAX_SAFE_INTEGER }
  const tokens = [[], [0], [1, 2, 3], [largest, 65_536, 255]]
  const children = [
    { tag: 'problem', indices: [3, 12] },
    { tag: 'sample', indices: [3, 12, 5] },
    { tag: 'sample', indices: [largest, 0, 0] },
    { tag: 'positions', indices: [0, 0, 0] },
  ]
  return {
    window: [window, later].map((input) => ({ ...input, seed: windowSeed(input) })),
    audit: [{ windowSeed: seedOfWindow, randomness: fill('03', 32), seed: seedOfAudit }],
    child: children.map(({ tag, indices }) => ({
      tag,
      parent: seedOfWindow,
      indices,
      seed: childSeed(tag, seedOfWindow, ...indices),
    })),
    tokens: tokens.map((ids) => ({ tokens: ids, hash: hashTokens(ids) })),
    tokenBound: [
      {
        tag: 'sketch',
        parent: seedOfWindow,
        tokens: [1, 2, 3],
        indices: [3, 12, 5],
        seed: tokenBoundSeed('sketch', seedOfWindow, hashTokens([1, 2, 3]), 3, 12, 5),
      },
      {
        tag: 'evidence',
        parent: seedOfAudit,
        tokens: [1, 2, 3],
        indices: [1, 3, 12, 5],
        seed: evidenceSeed(seedOfAudit, 1, 3, 12, 5, hashTokens([1, 2, 3])),
      },
    ],
  }
}

function keystreams() {
  return [
    { seed: fill('00', 32), block: 0, length: 96 },
    { seed: seedOfWindow, block: 0, length: 32 },
    { seed: seedOfWindow, block: 5, length: 32 },
  ].map((input) => ({ ...input, bytes: bytesToHex(keystream(input.seed, input.length, input.block)) }))
}

/** u as an integer out of 2^53, so that no reader needs floats. */
const outOf2To53 = (uniform: number): string => String(BigInt(uniform * 2 ** 53))

function sampling() {
  const uniforms = samplingUniforms(seedOfWindow, 3, 12, 5, 12)
  const probabilities = [0.125, 0, 0.5, 0.25, 0.125, 0]
  return {
    uniforms: {
      parent: seedOfWindow,
      miner: 3,
      group: 12,
      rollout: 5,
      outOf2To53: [...uniforms].map(outOf2To53),
    },
    probabilities,
    owed: [0, 0.125 - 2 ** -53, 0.125, 0.625 - 2 ** -53, 0.625, 0.875, 1 - 2 ** -53].map((uniform) => ({
      outOf2To53: outOf2To53(uniform),
      token: owedToken(Float32Array.from(probabilities), uniform),
    })),
  }
}

function sketches() {
  const logits = Array.from({ length: 37 }, (_, i) => ((i * 29) % 37) / 4 - 4.5)
  const seed = tokenBoundSeed('sketch', seedOfWindow, hashTokens([1, 2, 3]), 3, 12, 5)
  return {
    seed,
    logits,
    step: 2 ** -11,
    cases: [0, 1, 2, 200].map((position) => {
      const signs = sketchSigns(seed, position, logits.length)
      return {
        position,
        signs: bytesToHex(signs.slice(0, 19)),
        sketch: sketchPosition(Float32Array.from(logits), signs, 2 ** -11),
      }
    }),
  }
}

function audits() {
  return {
    auditSeed: seedOfAudit,
    miner: 3,
    validator: 1,
    groups: 10,
    rules,
    shared: sharedSample(seedOfAudit, 3, 10, rules),
    own: ownSample(seedOfAudit, 1, 3, 10, rules),
    positions: sketchPositions(seedOfAudit, 3, { group: 2, rollout: 1 }, 25, rules),
  }
}

const rollout = (tokens: number[], finish: Rollout['finish'], reward: number): Rollout => ({
  tokens,
  finish,
  reward,
  sketches: Int8Array.from(tokens.flatMap((token, t) => [token, 127 - t, -128 + t, -1])),
  logProbabilities: Float32Array.from(tokens, (token) => -token / 8),
})
const bundle: Bundle = {
  chainId: 31_337,
  subnet: fill('ab', 20),
  window: 7,
  miner: 3,
  policy: fill('cd', 32),
  groups: [0, 1, 2].map((index) => ({
    index,
    promptHash: hashTokens([index, 5]),
    rollouts: [rollout([1, 24, 256], 'end', 1_000_000), rollout([7, 65_535, 2], 'length', 40 * index)],
  })),
}

function commitments() {
  const header = headerOf(bundle)
  // Any hash will do: the bytes of a compressor are no part of the protocol.
  const stored = fill('ee', 32)
  return {
    window: bundle.window,
    miner: bundle.miner,
    groups: bundle.groups.map((group, i) => ({
      index: group.index,
      promptHash: group.promptHash,
      rollouts: group.rollouts.map(({ sketches, logProbabilities, ...rest }) => ({
        ...rest,
        sketches: [...sketches],
        logProbabilities: [...logProbabilities],
      })),
      canonical: bytesToHex(encodeGroup(group)),
      hash: keccak256(encodeGroup(group)),
      proof: commitmentProof(header, stored, i),
    })),
    stored,
    committed: { root: commitmentRoot(header, stored), groups: bundle.groups.length },
  }
}

function evidence() {
  const points = [0, 1, 2].map((i) => ({
    window: 7,
    miner: 3,
    group: i,
    rollout: 1,
    position: 4 * i,
    sketch: [100 - 110 * i, i, -128 + i, 127] as const,
  }))
  return { points, root: evidenceRoot(points), empty: evidenceRoot([]) }
}

function scores() {
  const groups = [
    [
      { tokens: 10, reward: 1_000_000, correctness: 1_000_000, reasoning: 500_000, satisfaction: 1_000_000 },
      { tokens: 25, reward: 0, correctness: 0, reasoning: 333_333, satisfaction: 0 },
    ],
    [
      { tokens: 7, reward: 0, correctness: 0, reasoning: 0, satisfaction: 0 },
      { tokens: 9, reward: 0, correctness: 0, reasoning: 1_000_000, satisfaction: 0 },
    ],
  ]
  const window = {
    scoredGroups: groups,
    committedGroups: 5,
    auditedTokens: 3500,
    acceptedTokens: 3450,
    excluded: false,
  }
  const score = minerScore(window, rules.coefficients)
  const row = [score, 0n, 3n * score, 1n]
  return {
    ...window,
    coefficients: rules.coefficients,
    score: String(score),
    row: { scores: row.map(String), weights: weightRow(row) },
  }
}

function standings() {
  let standing = newcomer
  return [
    [400, 0],
    [400, 1],
    [3_400, 0],
    [100, 1],
    [100, 1],
    [100, 1],
  ].map(([positions, violations]) => {
    standing = updateStanding(standing, positions, violations)
    return { positions, violations, ...standing }
  })
}

/** Pinned figures of every part of the protocol, for other implementations and for Solidity tests. */
export function buildVectors(): string {
  const vectors = {
    description:
      'Protocol, version 1. Hex strings are bytes; u is an integer out of 2^53; scores are decimal integers. Regenerate with scripts/build-vectors.ts.',
    seeds: seeds(),
    keystream: keystreams(),
    sampling: sampling(),
    sketch: sketches(),
    audit: audits(),
    commitment: commitments(),
    evidence: evidence(),
    score: scores(),
    sequential: standings(),
  }
  return `${JSON.stringify(vectors, null, 1)}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../test/vectors/protocol.json', import.meta.url), buildVectors())
}
