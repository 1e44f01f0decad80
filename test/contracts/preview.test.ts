import { keccak256 } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Preview, preview } from '../../cli/govern/preview.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { Settlement } from '../../shared/chain/read-settlements.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { epochEnd, revealEnd, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const phases = { ...testConfig.schedule, startDelayBlocks: 100 }
const schedule = { ...phases, startBlock: 100n }
const treasury = `0x${'44'.repeat(20)}` as const

let subnet: TestSubnet
let settled: Settlement[]
beforeAll(async () => {
  subnet = await createSubnet({ ...testConfig, treasury, schedule: phases })
  for (const name of ['a', 'b']) await subnet.register('miner', name, 10n * oneToken)
  const validators: ChainContext[] = []
  for (const [name, stake] of [
    ['v', 100n],
    ['w', 150n],
    ['x', 200n],
  ] as const) {
    validators.push((await subnet.register('validator', name, stake * oneToken)).hotKey)
  }
  settled = []
  const rows = [
    [[20_000, 10_000], [10_000, 20_000], null],
    [
      [20_000, 10_000],
      [10_000, 20_000],
      [15_000, 15_000],
    ],
    [
      [5_000, 25_000],
      [10_000, 20_000],
      [30_000, 1_000],
    ],
  ]
  for (const [epoch, weights] of rows.entries()) {
    const reveals = weights.flatMap((row, i) =>
      row ? [{ validator: validators[i], row: { ...about, epoch, weights: row } }] : [],
    )
    await subnet.advanceTo(scoreCommitStart(schedule, epoch))
    for (const { validator, row } of reveals) await commitScores(validator, row)
    await subnet.advanceTo(epochEnd(schedule, epoch))
    for (const { validator, row } of reveals) await revealScores(validator, row)
    await subnet.advanceTo(revealEnd(schedule, epoch))
    settled.push(await settleEpoch(subnet, epoch))
  }
})

const about = { salt: keccak256('0x01'), evidenceRoot: keccak256('0x02') }
const look = (set: string[], epochs = 8, journal?: string) => preview(subnet, { set, epochs, journal })

/** What the chain paid, by the chain's own events. */
function paid(role: string, uid: number, from = 0): bigint {
  return settled
    .slice(from)
    .flatMap(({ payouts }) => payouts)
    .filter((payout) => payout.role === role && payout.uid === uid)
    .reduce((sum, { amount }) => sum + amount, 0n)
}

function expectPast({ gains }: Preview, from = 0) {
  expect(gains.length).toBeGreaterThan(0)
  for (const { role, uid, before } of gains) expect(before).toBe(paid(role, uid, from))
}

describe('a preview', () => {
  it('knows to the last digit what the chain paid, with roll-over, from any epoch on', async () => {
    expect(settled.map(({ voided }) => voided)).toEqual([true, false, false])
    const all = await look(['minerSharePpm=600000'])
    expect(all).toMatchObject({ epochs: { first: 0, count: 3 }, voided: { before: 1, after: 1 } })
    expectPast(all)
    expectPast(await look(['minerSharePpm=600000'], 1), 2)
    expectPast(await look(['minerSharePpm=600000'], 2), 1)
  })

  it('tells who gains and who loses', async () => {
    const { gains } = await look(['minerSharePpm=600000'])
    for (const { role, before, after } of gains) {
      const share = role === 'miner' ? 12n : 8n
      const error = after - (before * share) / 10n
      expect(error >= -10n && error <= 10n).toBe(true)
    }
  })

  it('pays an epoch that a lower quorum would not have voided', async () => {
    const { voided, gains } = await look(['quorumPpm=500001'])
    expect(voided).toEqual({ before: 1, after: 0 })
    expect(gains.find(({ role, uid }) => role === 'validator' && uid === 0)?.after).toBeGreaterThan(
      paid('validator', 0),
    )
  })

  it('gives the treasury its share', async () => {
    const { toTreasury } = await look(['treasurySharePpm=100000'])
    expect(toTreasury.before).toBe(0n)
    expect(toTreasury.after).toBeGreaterThan(299n * oneToken)
  })

  it('says what it cannot replay', async () => {
    const { unknown } = await look(['groupSize=8', 'scoreBasePpm=1', 'kappa=30000'])
    expect(unknown.map(({ rule }) => rule)).toEqual(['groupSize', 'scoreBasePpm'])
  })

  it('refuses rules that cannot be, and a journal that is none', async () => {
    await expect(look(['kappa=1'])).rejects.toMatchObject({ details: { error: 'RuleOutOfBounds' } })
    await expect(look(['nothing=1'])).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    const missing = look(['scoreBasePpm=1'], 8, '/nowhere/journal.sqlite')
    await expect(missing).rejects.toMatchObject({ code: 'JOURNAL_LACKS' })
  })
})
