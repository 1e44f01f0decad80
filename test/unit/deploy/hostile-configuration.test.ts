import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseSubnetConfig } from '../../../deploy/config.ts'
import { quicknet } from '../../../shared/beacon/quicknet.ts'
import { parseDeployment } from '../../../shared/chain/deployment.ts'
import { parseOpening } from '../../../validator/evidence-opening.ts'
import { parseCase } from '../../../validator/explain-case.ts'
import { endsCoded, hostileTexts } from '../../helpers/hostile-json.ts'

const address = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const hash = `0x${'01'.repeat(32)}`
const names = [
  'accessManager',
  'params',
  'token',
  'stakeRegistry',
  'drandBeacon',
  'rolloutLog',
  'policyRegistry',
]
const contracts = [
  ...names,
  'scoreBook',
  'rewardVault',
  'settlement',
  'disputes',
  'timelock',
  'governor',
].map((name) => [name, address])
const answer = { round: 1, signature: '00', randomness: '00' }

const documents = {
  'a subnet configuration': {
    document: JSON.parse(readFileSync(new URL('../../../docs/subnet.example.json', import.meta.url), 'utf8')),
    parse: (text: string) => parseSubnetConfig(text, 'file'),
    codes: ['CONFIG_INVALID'],
  },
  'a deployment file': {
    document: {
      ...{ name: 'test', chainId: 31_337, startBlock: 100 },
      contracts: Object.fromEntries(contracts),
      beacon: quicknet,
    },
    parse: (text: string) => parseDeployment(text, 'file'),
    codes: ['DEPLOYMENT_MALFORMED', 'BEACON_CHAIN_INVALID'],
  },
  'an opening of evidence': {
    document: {
      version: 1,
      epoch: 0,
      validator: 1,
      evidenceRoot: hash,
      points: [[0, 1, 2, 3, 4, -5, 6, 127, -128]],
    },
    parse: (text: string) => parseOpening(text, 'file'),
    codes: ['OPENING_MALFORMED'],
  },
  'a case': {
    document: {
      ...{ version: 1, chainId: 1, subnet: address, window: 2, miner: 3, beacon: quicknet, blockHash: hash },
      ...{ openRound: answer, auditRound: answer, policy: hash, validators: 2, bundle: 'AAAA' },
      rules: {
        ...{ groupSize: 4, maxGroups: 3, auditRatePpm: 1, auditFloor: 1, sketchPositions: 4 },
        coefficients: { base: 1, correctness: 1, reasoning: 1, satisfaction: 1, signal: 1 },
      },
      commitment: { root: hash, groups: 1 },
    },
    parse: (text: string) => parseCase(text, 'file'),
    codes: ['CASE_MALFORMED'],
  },
}

it.each(Object.entries(documents))('any text near %s is one, or a failure with its code', async (_, near) => {
  const { document, parse, codes } = near
  expect(() => parse(JSON.stringify(document))).not.toThrow()
  const endings = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(hostileTexts(document), async (text) => {
      const ending = await endsCoded(() => parse(text), codes)
      endings.set(ending, (endings.get(ending) ?? 0) + 1)
    }),
    { seed: 17, numRuns: 2000 },
  )
  expect(endings.get(codes[0])).toBeGreaterThan(1000)
})
