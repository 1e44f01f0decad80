import { expect, it } from 'vitest'
import { openSession } from '../../../model/runtime/open-session.ts'
import type { PolicySession } from '../../../model/session.ts'
import { createRandom, randomTokens, smallCheckpoint, smallConfig } from '../../unit/model/small-policy.ts'
import { rememberScores } from './remember-scores.ts'

async function heard(session: PolicySession, rows: Parameters<PolicySession['score']>[0]) {
  const all: [number, number, Float32Array][] = []
  await session.score(rows, (row, step, at) => all.push([row, step, at.logits.slice()]))
  return all
}

it('says what scoring says, of a row that comes twice and of one that is new', async () => {
  const config = smallConfig()
  const session = await openSession(smallCheckpoint(config), 'fast')
  const random = createRandom(3)
  const rows = Array.from({ length: 4 }, () => ({
    prompt: randomTokens(random, 7, config.vocabulary),
    completion: randomTokens(random, 5, config.vocabulary),
  }))
  const scored: number[] = []
  const counted: PolicySession = {
    ...session,
    score: (given, visit) => {
      scored.push(given.length)
      return session.score(given, visit)
    },
  }
  const remembering = rememberScores(counted)
  const [a, b, c, d] = rows
  expect(await heard(remembering, [a, b, a])).toEqual(await heard(session, [a, b, a]))
  expect(await heard(remembering, [d, b, c])).toEqual(await heard(session, [d, b, c]))
  expect(await heard(remembering, [c, a])).toEqual(await heard(session, [c, a]))
  expect(scored).toEqual([2, 2])
  await remembering.close()
})
