import { describe, expect, it } from 'vitest'
import { parseSubnetConfig } from '../../../deploy/config.ts'
import { quicknet } from '../../../shared/beacon/quicknet.ts'

const holder = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const config = {
  name: 'test',
  token: {
    name: 'Test',
    symbol: 'TST',
    cap: '1000000000000000000000',
    genesisSupply: '1',
    genesisHolder: holder,
  },
  schedule: {
    startDelayBlocks: 100,
    windowBlocks: 40,
    commitBlocks: 20,
    epochWindows: 2,
    revealBlocks: 20,
    beaconDelaySeconds: 3,
  },
  rules: {
    groupSize: 4,
    maxGroups: 100,
    auditFloor: 1,
    sketchPositions: 4,
    auditRatePpm: 100_000,
    scoreBasePpm: 1,
    scoreCorrectnessPpm: 1,
    scoreReasoningPpm: 1,
    scoreSatisfactionPpm: 1,
    scoreSignalPpm: 1,
    minMinerStake: '1',
    minValidatorStake: '1',
  },
  emission: { perEpoch: '1' },
  unbondingBlocks: 100,
  governance: {
    votingDelayBlocks: 1,
    votingPeriodBlocks: 10,
    lateQuorumBlocks: 5,
    quorumPercent: 4,
    proposalThreshold: '1',
    timelockSeconds: 1201,
  },
  registration: { floor: '1', halvingBlocks: 1 },
  challengeBlocks: 20,
  learner: holder,
}

describe('subnet configuration', () => {
  it('reads token units of any size, and trusts quicknet unless told otherwise', () => {
    const parsed = parseSubnetConfig(JSON.stringify(config), 'config.json')
    expect(parsed.token.cap).toBe(10n ** 21n)
    expect(parsed.beacon).toEqual(quicknet)
    expect(parsed.rules).toMatchObject({ kappa: 32_767, minerSharePpm: 500_000, quorumPpm: 666_667 })
  })

  it('reports all mistakes together', () => {
    const wrong = { ...config, learner: 'me', unbondingBlocks: 0, extra: true }
    const read = () => parseSubnetConfig(JSON.stringify(wrong), 'config.json')
    expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    for (const mistake of ['learner', 'unbondingBlocks', 'extra']) expect(read).toThrow(mistake)
  })

  it('says when it is not JSON', () => {
    expect(() => parseSubnetConfig('name: test', 'config.yaml')).toThrow('config.yaml is not JSON')
  })
})
