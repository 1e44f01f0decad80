import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparePeers, peerRules } from '../../../../bench/peers/compare.ts'
import type { PeerCase } from '../../../../bench/peers/peer-rule.ts'
import { generateGroups } from '../../../../miner/generate-groups.ts'
import { readCheckpoint } from '../../../../model/checkpoint/read-checkpoint.ts'
import { type HiddenSession, openHiddenSession } from '../../../../model/runtime/open-hidden-session.ts'
import { deriveChallenge } from '../../../../shared/protocol/challenge.ts'
import { openDefaultPolicy } from '../../../helpers/default-policy.ts'

const windowSeed = `0x${'c4'.repeat(32)}` as const
const miner = 1
let owed: HiddenSession
let cases: PeerCase[]

beforeAll(async () => {
  const policy = await openDefaultPolicy({})
  const task = { policy: policy.manifestHash, windowSeed, miner, firstGroup: 0, groups: 2, groupSize: 4 }
  cases = (await generateGroups(policy, task)).flatMap(({ index: group, rollouts }) => {
    const { prompt } = deriveChallenge(policy, windowSeed, miner, group)
    return rollouts.map((rollout, index) => ({ windowSeed, miner, group, index, prompt, rollout }))
  })
  await policy.session.close()
  const embedded = fileURLToPath(new URL('../../../../models/default', import.meta.url))
  owed = await openHiddenSession(await readCheckpoint(embedded), 'fast')
})
afterAll(() => owed.close())

describe('the reference rules on the embedded policy', () => {
  it('all accept an honest miner', async () => {
    const accepted = await comparePeers(cases, { owed, run: owed, proof: 'computed' })
    expect(accepted).toEqual(Object.fromEntries(peerRules.map(({ name }) => [name, 1])))
  })

  it.each(['zero', 'random', 'borrowed'] as const)(
    'accept %s sketches under GRAIL; TOPLOC rejects made-up ones',
    async (proof) => {
      const accepted = await comparePeers(cases, { owed, run: owed, proof })
      expect(accepted['GRAIL v5 sketch']).toBe(1)
      if (proof !== 'borrowed') expect(accepted.TOPLOC).toBe(0)
    },
  )

  it('see forged log-probabilities and forged tokens by the rule that looks at them, and no other', async () => {
    const forged = cases.map((submitted) => {
      const logProbabilities = submitted.rollout.logProbabilities.map((value) => value - 1)
      return { ...submitted, rollout: { ...submitted.rollout, logProbabilities } }
    })
    expect(await comparePeers(forged, { owed, run: owed, proof: 'computed' })).toEqual({
      'log-probability, every position': 0,
      'log-probability, median': 0,
      'GRAIL v5 sketch': 1,
      TOPLOC: 1,
      'DiFR token divergence': 1,
    })
    const moved = cases.map((submitted) => ({ ...submitted, group: submitted.group + 7 }))
    expect(await comparePeers(moved, { owed, run: owed, proof: 'computed' })).toEqual({
      'log-probability, every position': 1,
      'log-probability, median': 1,
      'GRAIL v5 sketch': 1,
      TOPLOC: 1,
      'DiFR token divergence': 0,
    })
  })
})
