import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { quicknet } from '../../../../shared/beacon/quicknet.ts'
import { parseDeployment, readDeployment } from '../../../../shared/chain/deployment.ts'

const address = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const deployment = {
  name: 'test',
  chainId: 31_337,
  startBlock: 100,
  contracts: {
    accessManager: address,
    params: address,
    token: address,
    stakeRegistry: address,
    drandBeacon: address,
    rolloutLog: address,
    policyRegistry: address,
    scoreBook: address,
    rewardVault: address,
    settlement: address,
    disputes: address,
    timelock: address,
    governor: address,
  },
  beacon: quicknet,
}
const parse = (value: unknown) => () => parseDeployment(JSON.stringify(value), 'file.json')

describe('deployment file', () => {
  it('reads what deploy writes', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'deployment-')), 'deployment.json')
    writeFileSync(path, JSON.stringify(deployment))
    expect(readDeployment(path)).toEqual(deployment)
  })

  it('checksums lower-case addresses', () => {
    const contracts = { ...deployment.contracts, token: address.toLowerCase() }
    expect(parse({ ...deployment, contracts })().contracts.token).toBe(address)
  })

  it('says that the file is missing', () => {
    expect(() => readDeployment('/nowhere/deployment.json')).toThrow(
      expect.objectContaining({ code: 'DEPLOYMENT_MISSING', retryable: false }),
    )
  })

  it.each([
    ['text that is not JSON', () => parseDeployment('{', 'file.json')],
    ['a missing contract', parse({ ...deployment, contracts: {} })],
    ['a mistyped address', parse({ ...deployment, contracts: { ...deployment.contracts, token: '0x5F' } })],
    ['an unknown field', parse({ ...deployment, extra: 1 })],
    ['another beacon scheme', parse({ ...deployment, beacon: { ...quicknet, schemeID: 'pedersen' } })],
  ])('refuses %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'DEPLOYMENT_MALFORMED' }))
  })

  it('refuses a beacon whose fields contradict its hash', () => {
    expect(parse({ ...deployment, beacon: { ...quicknet, genesisTime: 1 } })).toThrow(
      expect.objectContaining({ code: 'BEACON_CHAIN_INVALID' }),
    )
  })
})
