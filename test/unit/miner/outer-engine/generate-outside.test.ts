import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateGroups } from '../../../../miner/generate-groups.ts'
import { generateOutside } from '../../../../miner/outer-engine/generate-outside.ts'
import type { Policy } from '../../../../model/policy.ts'
import { openDefaultPolicy } from '../../../helpers/default-policy.ts'
import { serveOnLoopback } from '../../../helpers/loopback.ts'
import { type Answer, type AnswerRow, serveEngine } from '../../../helpers/served-engine.ts'

const windowSeed: Hex = `0x${'5a'.repeat(32)}`
const timeoutMs = 20_000

let policy: Policy
let task: Parameters<typeof generateGroups>[1]

beforeAll(async () => {
  policy = await openDefaultPolicy({})
  task = { policy: policy.manifestHash, windowSeed, miner: 3, firstGroup: 2, groups: 2, groupSize: 3 }
})
afterAll(() => policy.session.close())

/** All rollouts are recomputed unless said otherwise. */
const ask = (url: string, recomputed = 6) => generateOutside(policy, { url, timeoutMs }, task, recomputed)

const changed = (change: (row: AnswerRow) => Partial<AnswerRow>) => (answer: Answer) => ({
  ...answer,
  rows: answer.rows.map((row, index) => (index === 4 ? { ...row, ...change(row) } : row)),
})

it('is this program’s own answer, where the engine is', async () => {
  expect(await ask(await serveEngine(policy))).toEqual(await generateGroups(policy, task))
})

describe('stops at an answer that', () => {
  const swapped = (tokens: readonly number[]) => [tokens[0] === 50 ? 51 : 50, ...tokens.slice(1)]

  it.each<[string, string, (answer: Answer) => unknown]>([
    ['is of another checkpoint', 'ENGINE_POLICY_MISMATCH', (answer) => ({ ...answer, policy: '0x00' })],
    ['has a row too few', 'ENGINE_ANSWER_INVALID', (answer) => ({ ...answer, rows: answer.rows.slice(1) })],
    [
      'has a row too many',
      'ENGINE_ANSWER_INVALID',
      ({ rows, ...answer }) => ({ ...answer, rows: [...rows, rows[0]] }),
    ],
    ['is of another version', 'ENGINE_ANSWER_INVALID', (answer) => ({ ...answer, version: 2 })],
    ['is not JSON', 'ENGINE_ANSWER_INVALID', () => '{"rows": [NaN]}'],
    ['is a complaint', 'ENGINE_FAILED', () => ({ error: 'out of memory' })],
    ['holds what is no number', 'ENGINE_ANSWER_INVALID', changed(() => ({ logProbabilities: [null] }))],
    [
      'lacks a log-probability',
      'ENGINE_ANSWER_INVALID',
      changed((row) => ({ logProbabilities: row.logProbabilities.slice(1) })),
    ],
    ['lacks an interval', 'ENGINE_ANSWER_INVALID', changed((row) => ({ intervals: row.intervals.slice(1) }))],
    ['lacks a sketch', 'ENGINE_ANSWER_INVALID', changed((row) => ({ sketches: row.sketches.slice(4) }))],
    [
      'has a sketch of other sizes',
      'ENGINE_ANSWER_INVALID',
      changed((row) => ({ sketches: row.sketches.map(() => 128) })),
    ],
    [
      'has a token beyond the vocabulary',
      'ENGINE_ANSWER_INVALID',
      changed((row) => ({ tokens: [420, ...row.tokens.slice(1)] })),
    ],
    [
      'goes on after its end',
      'ENGINE_ANSWER_INVALID',
      changed((row) => ({ tokens: [0, ...row.tokens.slice(1)] })),
    ],
    [
      'has no tokens',
      'ENGINE_ANSWER_INVALID',
      changed(() => ({ tokens: [], logProbabilities: [], intervals: [], sketches: [] })),
    ],
    [
      'says a token likelier than it is',
      'ENGINE_ANSWER_INVALID',
      changed((row) => ({ logProbabilities: row.logProbabilities.map((value) => Number(value) + 0.01) })),
    ],
    [
      'gives an interval without its random number',
      'ENGINE_TOKEN_NOT_OWED',
      changed((row) => ({ intervals: row.intervals.map(([below, above]) => [above, 2 * above - below]) })),
    ],
    [
      'gives another token than it drew',
      'ENGINE_TOKEN_NOT_OWED',
      changed((row) => ({ tokens: swapped(row.tokens) })),
    ],
    [
      'has sketches of other signs',
      'ENGINE_DEVIATES',
      changed((row) => ({ sketches: row.sketches.map((value) => -value - 1) })),
    ],
  ])('%s', async (_, code, tamper) => {
    await expect(ask(await serveEngine(policy, tamper))).rejects.toMatchObject({ code, retryable: false })
  })

  it('comes from other weights', async () => {
    const other = await openDefaultPolicy({
      change: (weights) =>
        new Map(
          [...weights].map(([name, tensor]) => [
            name,
            { ...tensor, data: tensor.data.map((x) => x * 1.001) },
          ]),
        ),
    })
    const url = await serveEngine(other)
    await expect(ask(url)).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(DEVIATES|TOKEN_NOT_OWED)$/),
    })
    await other.session.close()
  })

  it('is larger than any can be', async () => {
    const url = await serveEngine(policy, () => 'x'.repeat(1_000_000))
    await expect(ask(url)).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE' })
  })

  it('has another status', async () => {
    const url = await serveOnLoopback((_, response) => void response.writeHead(500).end())
    await expect(ask(url)).rejects.toMatchObject({ code: 'ENGINE_ANSWER_INVALID' })
  })
})

it('tries again later where nobody answers', async () => {
  const silent = await serveOnLoopback(() => {})
  const asked = generateOutside(policy, { url: silent, timeoutMs: 100 }, task, 0)
  await expect(asked).rejects.toMatchObject({ retryable: true })
  await expect(ask('http://127.0.0.1:9')).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: true })
})

it('has no use for other engines where nothing is tolerated', async () => {
  const { manifest } = policy
  const exact = {
    ...policy,
    manifest: { ...manifest, numerics: { ...manifest.numerics, profile: 'exact' as const } },
  }
  await expect(
    generateOutside(exact, { url: 'http://127.0.0.1:9', timeoutMs }, task, 0),
  ).rejects.toMatchObject({
    code: 'ENGINE_INEXACT',
  })
})
