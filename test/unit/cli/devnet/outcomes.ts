import type { MinerOutcome, Outcome, ValidatorOutcome } from '../../../../cli/devnet/outcome.ts'

const drift = { sampling: 0, sketch: 0, logProbability: 0 }

export const honest: MinerOutcome = {
  name: 'miner-0',
  address: '0x923b9Ab0dA4ABafA207B0903EF5C5Fa64e64DfE6',
  behaviour: 'honest',
  committedWindows: 2,
  groups: 32,
  rollouts: 256,
  tokens: 5000,
  audited: 60,
  accepted: 60,
  rejected: 0,
  reasons: {},
  disputed: 0,
  drift,
  score: '2000000000000000',
  incentive: 1,
  claimed: 10n ** 21n,
}

export const stale: MinerOutcome = {
  ...honest,
  name: 'miner-1',
  behaviour: 'stale',
  accepted: 0,
  rejected: 60,
  reasons: { SKETCH_MISMATCH: 50, TOKEN_NOT_OWED: 10 },
  score: '0',
  incentive: 0,
  claimed: 0n,
}

export const forge: MinerOutcome = {
  ...stale,
  name: 'miner-2',
  behaviour: 'forge',
  reasons: { TOKEN_NOT_OWED: 60 },
}

export const validator: ValidatorOutcome = {
  name: 'validator-0',
  address: '0xc2F7A4411D9431944eCf7D11aa02313ECa48F43c',
  committed: 2,
  revealed: 2,
  abstained: 0,
  dividend: 1,
  claimed: 10n ** 21n,
}

/** Two windows in which everything went as it must. */
export const outcome: Outcome = {
  windows: 2,
  settled: [
    { epoch: 0, voided: false },
    { epoch: 1, voided: false },
  ],
  miners: [honest, stale, forge],
  validators: [validator],
}
