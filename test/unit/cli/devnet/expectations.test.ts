import { expect, it } from 'vitest'
import { firstBrokenExpectation } from '../../../../cli/devnet/expectations.ts'
import type { MinerOutcome, ValidatorOutcome } from '../../../../cli/devnet/outcome.ts'
import { forge, honest, outcome, stale, validator } from './outcomes.ts'

it('finds nothing where all is well', () => {
  expect(firstBrokenExpectation(outcome)).toBeNull()
})

it.each<[string, Partial<MinerOutcome>]>([
  ['committed 1 of 2 windows', { committedWindows: 1 }],
  ['was never audited', { audited: 0, accepted: 0 }],
  ['1 honest rollouts rejected: {"TOKEN_NOT_OWED":1}', { rejected: 1, reasons: { TOKEN_NOT_OWED: 1 } }],
  ['validators disagree on 3 rollouts', { disputed: 3 }],
  ['sketch drifted by 0.01', { drift: { ...honest.drift, sketch: 0.01 } }],
  ['was not paid (incentive 0, claimed 0)', { incentive: 0, claimed: 0n }],
])('names an honest miner that %s', (words, change) => {
  const broken = firstBrokenExpectation({ ...outcome, miners: [{ ...honest, ...change }, stale, forge] })
  expect(broken).toContain(`miner-0 (honest, ${honest.address}): `)
  expect(broken).toContain(words)
})

it.each<[string, MinerOutcome]>([
  ['was paid (incentive 0.1, claimed 0)', { ...stale, incentive: 0.1 }],
  ['was paid (incentive 0, claimed 5)', { ...forge, claimed: 5n }],
  ['was never audited', { ...forge, audited: 0 }],
  ['fell for {"TOKEN_NOT_OWED":60}, not for SKETCH_MISMATCH', { ...stale, reasons: forge.reasons }],
])('names an adversary that %s', (words, miner) => {
  expect(firstBrokenExpectation({ ...outcome, miners: [honest, miner] })).toContain(words)
})

it.each<[string, Partial<ValidatorOutcome>]>([
  ['abstained in 1 of 2 epochs', { abstained: 1, committed: 1, revealed: 1 }],
  ['revealed 1 of 2 score rows', { revealed: 1 }],
  ['was paid no dividend', { dividend: 0 }],
])('names a validator that %s', (words, change) => {
  const broken = firstBrokenExpectation({ ...outcome, validators: [{ ...validator, ...change }] })
  expect(broken).toBe(`validator-0 (${validator.address}): ${words}`)
})

it('counts epochs that were voided or not settled', () => {
  const settled = [{ epoch: 0, voided: true }]
  expect(firstBrokenExpectation({ ...outcome, settled })).toBe('2 of 2 epochs were voided or not settled')
})
