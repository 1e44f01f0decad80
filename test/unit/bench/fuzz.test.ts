import { afterAll, beforeAll, expect, it } from 'vitest'
import { mutantOf } from '../../../bench/fuzz/mutate.ts'
import { createSubject, type Subject } from '../../../bench/fuzz/subject.ts'
import { auditReadable, verdictOf } from '../../../bench/fuzz/verdict-of.ts'
import type { Policy } from '../../../model/policy.ts'
import { openDefaultPolicy } from '../../helpers/default-policy.ts'

let policy: Policy
let subjects: readonly Subject[]

beforeAll(async () => {
  policy = await openDefaultPolicy({})
  subjects = [await createSubject(policy, 1, 2), await createSubject(policy, 3, 4)]
})
afterAll(() => policy.session.close())

it('every mutant ends in a verdict with a reason, or is the content that was committed', async () => {
  const endings = new Map<string, number>()
  const mutations = new Set<string>()
  let readable = 0
  for (let index = 0; index < 2500; index++) {
    const { family, mutation, subject, bytes } = mutantOf(subjects, 7, index)
    const ending = verdictOf(policy, subject, bytes)
    expect(ending.reason, `mutant ${index}`).toMatch(
      /^(BUNDLE_[A-Z_]+|ROOT_MISMATCH|GROUPS_INCOMPLETE|accepted)$/,
    )
    endings.set(ending.reason, (endings.get(ending.reason) ?? 0) + 1)
    mutations.add(`${family} ${mutation}`)
    if (ending.readable && ++readable % 16 === 0) await auditReadable(policy, subject, bytes)
  }
  // Not an empty proof: the mutations reach every reason that a reader has, and every one of them was tried.
  expect([...endings.keys()].sort()).toEqual([
    'BUNDLE_MALFORMED',
    'BUNDLE_NOT_CANONICAL',
    'BUNDLE_OF_ANOTHER_POLICY',
    'BUNDLE_OF_ANOTHER_WINDOW',
    'BUNDLE_OUT_OF_BOUNDS',
    'BUNDLE_TOO_LARGE',
    'ROOT_MISMATCH',
    'accepted',
  ])
  expect(mutations.size).toBe(51)
})

it('a mutant is known by its number', () => {
  for (const index of [0, 1, 2, 3, 4, 999]) {
    expect(mutantOf(subjects, 3, index)).toEqual(mutantOf(subjects, 3, index))
  }
  expect(mutantOf(subjects, 3, 0)).not.toEqual(mutantOf(subjects, 4, 0))
})

it('a mutant that passes for other content under the committed root is an escape', () => {
  const [subject, other] = subjects
  expect(verdictOf(policy, subject, subject.compressed)).toEqual({ reason: 'accepted', readable: true })
  const swapped = { ...subject, bundle: other.bundle }
  expect(() => verdictOf(policy, swapped, subject.compressed)).toThrow('other content')
})
