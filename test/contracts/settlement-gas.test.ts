import { expect, it } from 'vitest'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { rowTotal } from '../../shared/protocol/score.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import { createCommittee, vote } from './committee.ts'
import { oneToken, testConfig } from './subnet.ts'

const schedule = {
  ...{ startDelayBlocks: 2_000, windowBlocks: 300, commitBlocks: 150, epochWindows: 1 },
  ...{ revealBlocks: 90, beaconDelaySeconds: 0 },
}
/** What the longer epochs ask of unbonding, and unbonding of the timelock. */
const slow = { unbondingBlocks: 2_000, governance: { ...testConfig.governance, timelockSeconds: 3_000 } }
const miners = 256

/** Validators that measured the same miners, each with errors of its own. */
function rowsOf(validators: number, seed: number): number[][] {
  const random = createSeededRandom(seed)
  const quality = Array.from({ length: miners }, (_, uid) => 120 + (uid % 8))
  return Array.from({ length: validators }, () => {
    const raw = quality.map((value) => value + random())
    const sum = raw.reduce((a, b) => a + b, 0)
    return raw.map((value) => Math.floor((value * rowTotal) / sum))
  })
}

it.each([
  { validators: 16, bondsMovingAveragePpm: 0, most: 1_100_000n },
  { validators: 64, bondsMovingAveragePpm: 0, most: 3_200_000n },
  { validators: 64, bondsMovingAveragePpm: 900_000, most: 5_600_000n },
])(
  'settling $validators x 256 with $bondsMovingAveragePpm ppm of bonds kept costs at most $most gas',
  async ({ validators, bondsMovingAveragePpm, most }) => {
    const rules = { ...testConfig.rules, bondsMovingAveragePpm }
    const stakes = Array.from({ length: validators }, (_, uid) => BigInt(1_000 + uid) * oneToken)
    const committee = await createCommittee({ ...testConfig, schedule, rules, ...slow }, stakes, miners)
    const { publicClient } = committee.subnet
    for (const epoch of [0, 1]) {
      await vote(committee, epoch, rowsOf(validators, epoch))
      const { payouts } = await settleEpoch(committee.subnet, epoch)
      const { gasUsed } = await publicClient.getBlock()
      expect(payouts.length).toBeGreaterThan(validators + 200)
      // The first settlement of a subnet writes storage that later ones only change.
      if (epoch > 0) expect(gasUsed).toBeLessThanOrEqual(most)
    }
  },
  300_000,
)
