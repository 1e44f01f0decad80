import { describe, expect, it } from 'vitest'
import { type PastEpoch, replayEpochs } from '../../../cli/govern/replay.ts'
import { noBonds } from '../../../shared/protocol/bonds.ts'

const rules = {
  kappa: 32_767,
  quorumPpm: 666_667,
  minerSharePpm: 500_000,
  minValidatorStake: 10n,
  emissionPerEpoch: 1_000n,
  treasurySharePpm: 0,
} as PastEpoch['rules']
const epoch: PastEpoch = {
  epoch: 0,
  rules,
  validators: [
    { stake: 100n, weights: [16_000, 16_000] },
    { stake: 50n, weights: null },
  ],
  scheduled: 1_000n,
  rescored: new Map(),
}
const purse = { carried: 0n, budget: 10_000n, hasTreasury: true, bonds: noBonds }
const asItWas = ({ rules: own }: PastEpoch) => own
const paid = (epochs: ReturnType<typeof replayEpochs>) =>
  epochs.map(({ payouts }) => payouts.map(({ amount }) => amount))

describe('a replay', () => {
  it('pays by the schedule even where the rules would emit more', () => {
    const replayed = replayEpochs(
      [epoch],
      () => ({ ...rules, quorumPpm: 600_000, emissionPerEpoch: 9_000n }),
      purse,
    )
    expect(paid(replayed)).toEqual([[250n, 250n, 500n]])
  })

  it('rolls a voided epoch over whole, and takes the treasury’s share of what is paid', () => {
    const later = { ...epoch, epoch: 1, validators: [{ stake: 100n, weights: [30_000] }] }
    const replayed = replayEpochs([epoch, later], () => ({ ...rules, treasurySharePpm: 100_000 }), purse)
    expect(replayed.map(({ voided, toTreasury }) => [voided, toTreasury])).toEqual([
      [true, 0n],
      [false, 200n],
    ])
    expect(paid(replayed)).toEqual([[], [900n, 900n]])
  })

  it('never pays beyond what is left below the cap', () => {
    const one = { ...epoch, validators: [{ stake: 100n, weights: [30_000] }] }
    const replayed = replayEpochs([one, one, one], asItWas, { ...purse, budget: 1_500n })
    expect(paid(replayed)).toEqual([[500n, 500n], [250n, 250n], []])
  })

  it('scales every row as one validator’s scores change, and keeps whom it found worthless at nothing', () => {
    const rescored = new Map([
      [0, { before: 100n, after: 300n }],
      [1, { before: 100n, after: 100n }],
    ])
    const one = { ...epoch, validators: [{ stake: 100n, weights: [10_000, 10_000, 5_000] }], rescored }
    const [{ payouts }] = replayEpochs([one], asItWas, purse)
    expect(payouts.filter(({ role }) => role === 'miner')).toEqual([
      { role: 'miner', uid: 0, amount: 375n },
      { role: 'miner', uid: 1, amount: 124n },
    ])
  })
})
