import { type Address, keccak256, sha256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { disputeOf } from '../../../../cli/dispute/provable.ts'
import { encodeBundle, headerOf } from '../../../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../../../shared/protocol/commitment.ts'
import type { Explanation } from '../../../../validator/explain.ts'
import type { ExplainCase } from '../../../../validator/explain-case.ts'
import { satBundle, satManifest } from '../../../helpers/sat-bundle.ts'

const size = { groups: 3, groupSize: 2 }
const about = { chainId: 1, subnet: `0x${'11'.repeat(20)}` as Address, miner: 4 }

/** The command for rollout 12/4/1/0, of a bundle made for `window`, whose reward is as given. */
function commandFor(window: number, reward: { claimed: number; reward: number }, manifest = satManifest) {
  const bundle = satBundle({ ...about, window }, keccak256('0x01'), size, (right) => right)
  const bytes = encodeBundle(bundle)
  const opened = { header: headerOf(bundle), stored: sha256(bytes), frames: [] }
  const facts = { commitment: commitmentOf(bundle, bytes) } as ExplainCase
  const checks = [{ check: 'reward', passed: reward.claimed === reward.reward, numbers: reward }]
  const explanation = { window: 12, miner: 4, group: 1, rollout: 0, checks } as unknown as Explanation
  return disputeOf(explanation, facts, opened, manifest)
}

describe('the command that proves a fault on chain', () => {
  it('is of SAT where more is claimed than the answer earns', () => {
    expect(commandFor(12, { claimed: 1_000_000, reward: 0 })).toBe('rollproof dispute sat 12 4 1 0')
  })

  it('is of the commitment where that is for another window', () => {
    expect(commandFor(11, { claimed: 0, reward: 0 })).toBe('rollproof dispute commitment 12 4')
  })

  it('is none for what is owed, for too little, for other environments and without a token table', () => {
    const wrong = { claimed: 1_000_000, reward: 0 }
    expect(commandFor(12, { claimed: 1_000_000, reward: 1_000_000 })).toBeNull()
    expect(commandFor(12, { claimed: 0, reward: 1_000_000 })).toBeNull()
    const environment = { ...satManifest.environment, id: 'arithmetic' }
    expect(commandFor(12, wrong, { ...satManifest, environment })).toBeNull()
    expect(commandFor(12, wrong, { ...satManifest, tokenTable: undefined })).toBeNull()
  })
})
