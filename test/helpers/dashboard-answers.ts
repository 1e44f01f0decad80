import type { Governance, Learning, RolloutDetail } from '../../dashboard/views.ts'

const address = `0x${'ab'.repeat(20)}`
const hash = (byte: string) => `0x${byte.repeat(32)}`

/** A rollout whose fourth token is not the owed one; its prompt tries to be more than text. */
export const rejectedRollout: RolloutDetail = {
  ...{ window: 2, miner: 1, group: 0, rollout: 1 },
  verdicts: [
    { validator: 0, accepted: false, check: 'sampling', reason: 'TOKEN_NOT_OWED', numbers: { position: 3 } },
  ],
  derived: {
    ...{
      reason: 'TOKEN_NOT_OWED',
      check: 'sampling',
      policy: hash('11'),
      windowSeed: hash('22'),
      auditSeed: hash('33'),
    },
    checks: [
      { check: 'challenge', passed: true, numbers: { promptTokens: 9 } },
      { check: 'sampling', passed: false, numbers: { deviation: 0.00027823, tolerance: 0.00012207 } },
      { check: 'reward', passed: null, numbers: {} },
    ],
    selection: { shared: true, validators: [] },
    prompt: '<img src=x onerror="document.title=1"> How many eggs?',
    tokens: [
      { text: '9', logProbability: -0.001 },
      { text: '+', logProbability: -0.9 },
      { text: '\n', logProbability: -0.01 },
      { text: '7', logProbability: -5.1 },
      { text: '', logProbability: -0.001 },
    ],
    difference: {
      position: 3,
      owed: { token: 8, text: '8', probability: 0.0094 },
      given: { token: 7, text: '7', probability: 0.0066 },
    },
  },
  failure: null,
}

export const someLearning: Learning = {
  checkpoints: [
    {
      ...{ policy: hash('44'), parent: hash('11'), activationWindow: 2, rejected: false, objected: 0 },
      update: { firstStep: 0, steps: 5, groups: 150, rollouts: 1200, loss: -0.0123 },
    },
  ],
  curve: [
    { policy: hash('11'), steps: 0, passRate: 0.126, standardError: 0.007, problems: 2048 },
    { policy: hash('44'), steps: 5, passRate: 0.314, standardError: 0.02, problems: 512 },
  ],
}

export const someGovernance: Governance = {
  proposals: [
    {
      ...{
        id: '7'.repeat(40),
        state: 'active',
        proposer: address,
        description: 'more weight to the majority',
      },
      ...{ actions: [], changes: [{ rule: 'kappa', from: '32767', to: '40000' }], quorum: '40000' },
      left: { count: 12, unit: 'blocks' },
      votes: { for: '50000', against: '10', abstain: '0' },
      preview: {
        epochs: { first: 0, last: 1 },
        gains: [{ role: 'miner', uid: 0, before: '400', after: '380' }],
        voided: { before: 0, after: 0 },
        unknown: [],
      },
      noPreview: null,
    },
  ],
}
