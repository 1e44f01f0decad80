import { describe, expect, it } from 'vitest'
import type { EpochStatus, Status } from '../../../../cli/status/read-status.ts'
import { reasonsFor } from '../../../../cli/status/reasons.ts'
import type { Role, Standing } from '../../../../shared/chain/role.ts'
import type { Recheck } from '../../../../validator/recheck-miner.ts'

const address = `0x${'ab'.repeat(20)}` as const

function statusOf(role: Role, epoch: Partial<EpochStatus> | null, standing: Standing = 'active'): Status {
  const settled: EpochStatus = {
    ...{ epoch: 4, voided: false, share: 0, earned: 0n, scores: role === 'miner' ? null : 'revealed' },
    ...{ weights: [{ validator: 0, weight: 0 }], committed: [8, 9], missed: [] },
    ...epoch,
  }
  return {
    identity: {
      ...{ role, uid: 3, owner: address, hotKey: address, stake: 10n, standing },
      ...{ registeredAt: 1n, exitAt: null },
    },
    ...{ block: 100n, window: 10, epoch: 5, windows: [], owed: { epochs: [], amount: 0n } },
    epochs: epoch ? [settled] : [],
  }
}

const judged: Recheck = { window: 8, outcome: 'judged', why: null, audited: 12, rejected: [] }

describe('why a miner earned nothing', () => {
  it.each<[string, Status, readonly Recheck[], RegExp, string]>([
    ['left', statusOf('miner', {}, 'exiting'), [], /it is exiting/, 'rollproof status --role miner --uid 3'],
    [
      'epoch void',
      statusOf('miner', { voided: true }),
      [],
      /epoch 4 was void/,
      'rollproof status --role miner --uid 3 --json',
    ],
    [
      ...(['nothing committed', statusOf('miner', { committed: [], missed: [8, 9] }), []] as const),
      ...([/nothing to window 8/, 'rollproof explain 8/3/0/0'] as const),
    ],
    [
      ...(['unreachable', statusOf('miner', {})] as const),
      [{ ...judged, outcome: 'unreachable', why: 'STORE_UNREACHABLE: no answer' }],
      ...([/window 8 cannot be fetched \(STORE_UNREACHABLE/, 'rollproof explain 8/3/0/0'] as const),
    ],
    [
      ...([
        'refused',
        statusOf('miner', {}),
        [{ ...judged, outcome: 'refused', why: 'ROOT_MISMATCH' }],
      ] as const),
      ...([/whole bundle of window 8 is refused: ROOT_MISMATCH/, 'rollproof explain 8/3/0/0'] as const),
    ],
    [
      ...(['rejected', statusOf('miner', {})] as const),
      [{ ...judged, rejected: [{ group: 5, rollout: 7, reason: 'TOKEN_NOT_OWED' }] }],
      ...([/1 of 12 audited rollouts of window 8.*TOKEN_NOT_OWED/, 'rollproof explain 8/3/5/7'] as const),
    ],
    [
      ...(['clipped', statusOf('miner', { weights: [{ validator: 2, weight: 900 }] }), [judged]] as const),
      ...([/only validators 2 \(900\) gave it weight/, 'rollproof evidence check 2 4'] as const),
    ],
    [
      'suspected',
      statusOf('miner', {}),
      [judged],
      /earlier evidence against it/,
      'rollproof evidence check 0 4',
    ],
  ])('%s', (_, status, rechecks, why, proof) => {
    expect(reasonsFor(status, rechecks)[0]).toEqual({ why: expect.stringMatching(why), proof })
  })

  it('names our own failure as ours', () => {
    const rechecks = [{ ...judged, outcome: 'unknown' as const, why: 'BEACON_UNAVAILABLE: no relay' }]
    expect(reasonsFor(statusOf('miner', {}), rechecks)[0].why).toContain("not the miner's fault")
  })
})

it('says what was earned, of what', () => {
  const [reason] = reasonsFor(
    statusOf('miner', { earned: 5n, share: 0.34, weights: [{ validator: 1, weight: 11_000 }] }),
    [],
  )
  expect(reason.why).toContain('34.00 % of the miners’ part of epoch 4'.replace('’', "'"))
  expect(reason.why).toContain('11000 by validator 1')
})

it.each([
  ['none', /committed no scores/],
  ['committed', /did not reveal them, which costs stake/],
  ['revealed', /earned no dividend/],
] as const)('says why a validator whose scores came to %s earned nothing', (scores, why) => {
  expect(reasonsFor(statusOf('validator', { scores }), [])).toEqual([
    { why: expect.stringMatching(why), proof: 'rollproof evidence check 3 4' },
  ])
})

it('says so before the first epoch', () => {
  expect(reasonsFor(statusOf('miner', null), [])[0].why).toBe('no epoch is settled yet')
})
