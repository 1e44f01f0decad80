import { expect, it } from 'vitest'
import { checkTermination } from '../../../../../shared/protocol/checks/termination.ts'

const limits = { endToken: 0, maxTokens: 4 }
const check = (finish: 'end' | 'length', tokens: number[]) =>
  checkTermination(
    { tokens, finish, reward: 0, sketches: new Int8Array(), logProbabilities: new Float32Array() },
    limits,
  )

it.each([
  ['end', [0]],
  ['end', [1, 2, 0]],
  ['end', [1, 2, 3, 0]],
  ['length', [1, 2, 3, 4]],
] as const)('accepts %s with %j', (finish, tokens) => {
  expect(check(finish, [...tokens])).toBeNull()
})

it.each([
  ['end', [1, 2]],
  ['end', [1, 2, 3, 4]],
  ['end', [1, 0, 0]],
  ['end', [0, 1, 0]],
  ['end', [0, 1]],
  ['length', [1, 2]],
  ['length', [1, 2, 3, 0]],
  ['length', [1, 0, 2, 3]],
  ['length', [0]],
] as const)('rejects %s with %j', (finish, tokens) => {
  expect(check(finish, [...tokens])).toMatchObject({
    check: 'termination',
    reason: 'TERMINATION_FALSE',
    numbers: {
      claimed: finish,
      tokens: tokens.length,
      maxTokens: 4,
      firstEnd: (tokens as readonly number[]).indexOf(0),
    },
  })
})
