import { bls12_381 } from '@noble/curves/bls12-381.js'
import { concatHex, type Hex, numberToHex, sliceHex, stringToHex } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import { readContractArtifact } from '../../deploy/artifact.ts'
import { evmPublicKey, evmSignature } from '../../shared/beacon/evm-points.ts'
import { quicknet } from '../../shared/beacon/quicknet.ts'
import { drandBeaconAbi } from '../../shared/chain/abi.ts'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { hasRound } from '../../shared/chain/has-round.ts'
import { readBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { recorded } from '../helpers/quicknet.ts'
import { beaconChain, createSubnet, signTestRound, type TestSubnet, testConfig } from './subnet.ts'

const [vector] = recorded.rounds
const real = {
  round: BigInt(vector.round),
  signature: `0x${vector.signature}` as Hex,
  randomness: `0x${vector.randomness}` as Hex,
}
const point = evmSignature(real)
const fieldOrder = bls12_381.fields.Fp.ORDER

let subnet: TestSubnet
beforeAll(async () => {
  subnet = await createSubnet({ ...testConfig, beacon: quicknet })
})

function submit(round: bigint, signature: Hex) {
  return sendTransaction(subnet, {
    address: subnet.deployment.contracts.drandBeacon,
    abi: drandBeaconAbi,
    functionName: 'submit',
    args: [round, signature],
  })
}

function read(functionName: 'roundAt' | 'firstRoundAfter' | 'randomness', argument: bigint) {
  const call = {
    address: subnet.deployment.contracts.drandBeacon,
    abi: drandBeaconAbi,
    functionName,
  } as const
  return askChain(functionName, () => subnet.publicClient.readContract({ ...call, args: [argument] }))
}

const refusal = (error: string) => ({ details: { error } })

describe('DrandBeacon', () => {
  it('refuses a recorded signature under another round', async () => {
    await expect(submit(real.round + 1n, point)).rejects.toMatchObject(refusal('SignatureInvalid'))
  })

  it('refuses a signature of another key', async () => {
    await expect(submit(5n, evmSignature(signTestRound(5n)))).rejects.toMatchObject(
      refusal('SignatureInvalid'),
    )
  })

  it('refuses a negated signature', async () => {
    const y = fieldOrder - BigInt(sliceHex(point, 64, 128))
    const negated = concatHex([sliceHex(point, 0, 64), numberToHex(y, { size: 64 })])
    await expect(submit(real.round, negated)).rejects.toMatchObject(refusal('SignatureInvalid'))
  })

  it('refuses the point at infinity', async () => {
    await expect(submit(real.round, numberToHex(0, { size: 128 }))).rejects.toMatchObject(
      refusal('SignatureInvalid'),
    )
  })

  it('refuses points off the curve, out of range, outside the subgroup, or of another length', async () => {
    const offCurve = concatHex([sliceHex(point, 0, 127), '0x00'])
    const outOfRange = concatHex([
      numberToHex(BigInt(sliceHex(point, 0, 64)) + fieldOrder, { size: 64 }),
      sliceHex(point, 64, 128),
    ])
    // On the curve y² = x³ + 4, of order 3: not in the subgroup.
    const smallOrder = concatHex([numberToHex(0, { size: 64 }), numberToHex(2, { size: 64 })])
    for (const malformed of [offCurve, outOfRange, smallOrder]) {
      await expect(submit(real.round, malformed)).rejects.toMatchObject(refusal('SignatureMalformed'))
    }
    await expect(submit(real.round, real.signature)).rejects.toMatchObject(refusal('SignatureLength'))
  })

  it('refuses round 0, which to drand means the latest', async () => {
    await expect(submit(0n, point)).rejects.toMatchObject(refusal('RoundZero'))
  })

  it('stores the published randomness of a recorded quicknet round', async () => {
    await expect(read('randomness', real.round)).rejects.toMatchObject(refusal('RoundUnknown'))
    await submitRound(subnet, real)
    expect(await read('randomness', real.round)).toBe(real.randomness)
    expect(await hasRound(subnet, real.round)).toBe(true)
  })

  it('does nothing for a round that it has, whatever the signature', async () => {
    await submitRound(subnet, real)
    await submit(real.round, '0x')
    expect(await read('randomness', real.round)).toBe(real.randomness)
  })

  it('compresses points with either sign of y as drand does', async () => {
    const other = await createSubnet()
    const signs = new Set<boolean>()
    for (let round = 1n; round <= 8n; round++) {
      const beacon = signTestRound(round)
      signs.add((BigInt(sliceHex(beacon.signature, 0, 1)) & 0x20n) !== 0n)
      await submitRound(other, beacon)
      const { drandBeacon } = other.deployment.contracts
      const call = { address: drandBeacon, abi: drandBeaconAbi, functionName: 'randomness' } as const
      expect(await other.publicClient.readContract({ ...call, args: [round] })).toBe(beacon.randomness)
    }
    expect(signs.size).toBe(2)
  })

  it('counts rounds from 1 at genesis', async () => {
    const genesis = BigInt(quicknet.genesisTime)
    expect(await read('roundAt', genesis - 1n)).toBe(0n)
    expect(await read('roundAt', genesis)).toBe(1n)
    expect(await read('roundAt', genesis + 2n)).toBe(1n)
    expect(await read('roundAt', genesis + 3n)).toBe(2n)
    expect(await read('firstRoundAfter', genesis - 1n)).toBe(1n)
    expect(await read('firstRoundAfter', genesis)).toBe(2n)
  })

  it('shows the configuration that it verifies against', async () => {
    expect(await readBeaconConfig(subnet)).toEqual({
      publicKey: evmPublicKey(quicknet),
      genesisTime: quicknet.genesisTime,
      period: quicknet.period,
    })
  })

  it('refuses a public key that is infinite, off the curve or of another length', async () => {
    const { abi, bytecode } = readContractArtifact('DrandBeacon')
    const key = evmPublicKey(beaconChain)
    const deploy = (publicKey: Hex, period = 3) =>
      signerOf(subnet).deployContract({ abi, bytecode, args: [publicKey, 0, period] })
    await expect(deploy(numberToHex(0, { size: 256 }))).rejects.toThrow('PublicKeyInvalid')
    await expect(deploy(concatHex([sliceHex(key, 0, 255), '0x00']))).rejects.toThrow('PublicKeyInvalid')
    await expect(deploy(stringToHex('short'))).rejects.toThrow('PublicKeyLength')
    await expect(deploy(key, 0)).rejects.toThrow('PeriodZero')
  })
})
