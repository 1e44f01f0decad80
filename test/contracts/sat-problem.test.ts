import { chacha20 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import { bytesToHex, hexToBytes, keccak256, stringToHex, toHex } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../model/checkpoint/manifest.ts'
import { PPM } from '../../shared/environments/environment.ts'
import { sat, writeAssignment } from '../../shared/environments/sat.ts'
import { encodeGroup } from '../../shared/protocol/bundle.ts'
import { deployHarness, type Harness } from './harness.ts'

let read: Harness
beforeAll(async () => {
  read = await deployHarness('SatHarness')
})

const seeds = Array.from({ length: 240 }, (_, i) => keccak256(toHex(`sat ${i}`)))

interface SolidityProblem {
  readonly variables: bigint
  readonly clauses: readonly bigint[]
}

/** As many a call as fit one transaction's gas. */
async function judgeOnChain(texts: readonly string[]) {
  const problems: SolidityProblem[] = []
  const rewards: number[] = []
  for (let i = 0; i < seeds.length; i += 40) {
    const hex = texts.slice(i, i + 40).map((text) => stringToHex(text))
    const [some, earned] = (await read('judge', [seeds.slice(i, i + 40), hex])) as [
      SolidityProblem[],
      bigint[],
    ]
    problems.push(...some)
    rewards.push(...earned.map(Number))
  }
  return { problems, rewards }
}

/** Right, wrong and malformed answers to one problem; `pick` chooses. */
function answer(seed: `0x${string}`, pick: number): string {
  const { variables, witness } = sat.generate(hexToBytes(seed)).data
  const right = writeAssignment(variables, witness)
  const forms = [
    right,
    writeAssignment(variables, witness ^ (1 << (pick % variables))),
    writeAssignment(variables, ~witness & ((1 << variables) - 1)),
    '',
    '!',
    right.slice(0, -1),
    `${right}!`,
    `${right} `,
    ` ${right}`,
    `\uFEFF${right}`,
    right.replace('0', '00'),
    `!${right}`,
    [...right].reverse().join(''),
    `${right}\n`,
    right.replace('1', '１'),
    '0123456789'.repeat(3),
  ]
  return forms[pick % forms.length]
}

describe('ChaCha20', () => {
  it('is the keystream of RFC 8439', async () => {
    for (const [i, seed] of seeds.slice(0, 8).entries()) {
      const counter = i * 1_000_003
      const expected = chacha20(hexToBytes(seed), new Uint8Array(12), new Uint8Array(64), undefined, counter)
      const view = new DataView(expected.buffer, expected.byteOffset)
      const rows = (await read('keystream', [seed, counter])) as bigint[]
      const words = rows.flatMap((row) =>
        [0n, 64n, 128n, 192n].map((bits) => Number((row >> bits) & 0xffffffffn)),
      )
      expect(words).toEqual(Array.from({ length: 16 }, (_, w) => view.getUint32(4 * w, true)))
    }
  })
})

describe('SatProblem', () => {
  it('derives the problem and the reward of the environment, for 240 seeds and every kind of answer', async () => {
    const texts = seeds.map((seed, i) => answer(seed, i))
    const { problems, rewards } = await judgeOnChain(texts)
    const expected = seeds.map((seed, i) => {
      const problem = sat.generate(hexToBytes(seed))
      return { ...problem.data, reward: sat.judge(problem, texts[i]).reward }
    })
    expect(
      problems.map(({ variables, clauses }) => ({
        variables: Number(variables),
        clauses: clauses.map((clause) => [0n, 8n, 16n].map((bits) => Number((clause >> bits) & 0xffn))),
      })),
    ).toEqual(expected.map(({ variables, clauses }) => ({ variables, clauses })))
    expect(rewards).toEqual(expected.map(({ reward }) => reward))
    expect(rewards.filter((reward) => reward === PPM).length).toBeGreaterThan(10)
  })

  it('gives arbitrary bytes what the environment gives them', async () => {
    const alphabet = fc.constantFrom(...'0123456789! x')
    const samples = fc.sample(fc.string({ unit: alphabet, maxLength: 22 }), { numRuns: 240, seed: 8439 })
    const { rewards } = await judgeOnChain(samples)
    const expected = seeds.map((seed, i) => sat.judge(sat.generate(hexToBytes(seed)), samples[i]).reward)
    expect(rewards).toEqual(expected)
  })
})

describe('GroupReader', () => {
  const rollout = (tokens: number[], reward: number) => ({
    tokens,
    reward,
    finish: tokens.length % 2 ? ('end' as const) : ('length' as const),
    sketches: new Int8Array(4 * tokens.length),
    logProbabilities: new Float32Array(tokens.length),
  })
  const group = {
    index: 300,
    promptHash: keccak256('0x01'),
    rollouts: [rollout([1, 23, 24, 255, 256], 0), rollout([65_535, 65_536], 1_000_000), rollout([0], 7)],
  }
  const canonical = encodeGroup(group)

  it('reads every rollout of a canonical group', async () => {
    for (const [r, { tokens, reward }] of group.rollouts.entries()) {
      const [index, given] = (await read('readGroup', [bytesToHex(canonical), 3, r])) as [
        bigint,
        { reward: bigint; tokens: bigint[] },
      ]
      expect(Number(index)).toBe(group.index)
      expect(given).toEqual({ reward: BigInt(reward), tokens: tokens.map(BigInt) })
    }
  })

  it('refuses every truncation, whatever follows, and every other count', async () => {
    const attempt = (bytes: Uint8Array, size = 3, wanted = 1) =>
      read('readGroup', [bytesToHex(bytes), size, wanted])
    for (let length = 0; length < canonical.length; length += 7) {
      await expect(attempt(canonical.slice(0, length))).rejects.toThrow('GroupMalformed')
    }
    await expect(attempt(Uint8Array.from([...canonical, 0]))).rejects.toThrow('GroupMalformed')
    await expect(attempt(canonical, 2)).rejects.toThrow('GroupMalformed')
    await expect(attempt(canonical, 3, 3)).rejects.toThrow('GroupMalformed')
  })

  it('refuses longer forms of a number, other types and lengths beyond the bytes', async () => {
    const text = bytesToHex(canonical)
    const changes: [string, string][] = [
      ['65696e64657819012c', '65696e6465781a0000012c'],
      ['65696e64657819012c', '65696e6465783901 2c'.replace(' ', '')],
      ['65696e64657819012c', '65696e6465781f012c'],
      ['66746f6b656e7385', '66746f6b656e739bffffffffffffffff'],
      ['66746f6b656e7385', '66746f6b656e739f'],
      ['66746f6b656e73850117', '66746f6b656e73851801 17'.replace(' ', '')],
      ['686c6f6770726f627354', '686c6f6770726f62735bffffffffffffffff'],
    ]
    for (const [from, to] of changes) {
      expect(text).toContain(from)
      const changed = text.replace(from, to)
      for (const wanted of [0, 2]) {
        await expect(read('readGroup', [changed, 3, wanted])).rejects.toThrow('GroupMalformed')
      }
    }
  })
})

describe('ManifestField', () => {
  it('finds the token table as a key and nowhere else', async () => {
    const root = keccak256('0x02')
    const manifest = canonicalJson({ environment: { id: `","tokenTable":"${root}"` }, tokenTable: root })
    const at = manifest.lastIndexOf('"tokenTable"')
    expect(await read('tokenTable', [stringToHex(manifest), at])).toEqual([true, root])
    for (let other = 0; other <= manifest.length + 1; other++) {
      if (other === at) continue
      const [found] = (await read('tokenTable', [stringToHex(manifest), other])) as [boolean]
      expect(found).toBe(false)
    }
  })
})
