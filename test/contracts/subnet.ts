import { network } from 'hardhat'
import { type Account, type Address, custom, type Hex, keccak256, numberToHex, toHex } from 'viem'
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount, toAccount } from 'viem/accounts'
import type { SubnetConfig } from '../../deploy/config.ts'
import { deploySubnet } from '../../deploy/deploy.ts'
import { deriveBeaconKey, signRound, singleSignerChain } from '../../shared/beacon/sign-round.ts'
import type { VerifiedRound } from '../../shared/beacon/verify-round.ts'
import { subnetTokenAbi } from '../../shared/chain/abi.ts'
import { type ChainContext, createClients } from '../../shared/chain/connect.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import { readRegistrationPrice } from '../../shared/chain/read-registration-price.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import type { Role } from '../../shared/chain/role.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'

const beaconKey = deriveBeaconKey(new Uint8Array(32).fill(7))
/** Long past: every round that a block may fix can be signed at once. */
export const beaconChain = singleSignerChain({ secretKey: beaconKey, genesisTime: 1_600_000_000, period: 3 })
export const oneToken = 10n ** 18n

/** Hardhat's well-known funded account. */
export const deployer = mnemonicToAccount('test test test test test test test test test test test junk')

export const testConfig: SubnetConfig = {
  name: 'test',
  token: {
    name: 'Test',
    symbol: 'TST',
    cap: 1_000_000n * oneToken,
    genesisSupply: 900_000n * oneToken,
    genesisHolder: deployer.address,
  },
  schedule: {
    startDelayBlocks: 2_000,
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
    kappa: 32_767,
    bondsPenalty: 65_535,
    bondsMovingAveragePpm: 900_000,
    nonRevealSlashPpm: 10_000,
    faultSlashPpm: 500_000,
    auditRatePpm: 100_000,
    minerSharePpm: 500_000,
    treasurySharePpm: 0,
    quorumPpm: 666_667,
    scoreBasePpm: 1_000_000,
    scoreCorrectnessPpm: 1_000_000,
    scoreReasoningPpm: 0,
    scoreSatisfactionPpm: 0,
    scoreSignalPpm: 0,
    minMinerStake: 10n * oneToken,
    minValidatorStake: 100n * oneToken,
    emissionPerEpoch: 1_000n * oneToken,
  },
  emission: { perEpoch: 1_000n * oneToken, halvingEpochs: 0 },
  unbondingBlocks: 400,
  governance: {
    votingDelayBlocks: 5,
    votingPeriodBlocks: 50,
    lateQuorumBlocks: 20,
    quorumPercent: 10,
    proposalThreshold: 100n * oneToken,
    timelockSeconds: 500,
    secondsPerBlock: 1,
  },
  registration: { floor: 1n, halvingBlocks: 1 },
  challengeBlocks: 10,
  learner: deployer.address,
  beacon: beaconChain,
}

/** A subnet on a chain of its own, in this process. */
export interface TestSubnet extends ChainContext {
  as(account: Account): ChainContext
  /** As the timelock would act after a vote: what sets rules, and administers every role. */
  readonly administrator: ChainContext
  /** As the contract of disputes acts on a proven fault. */
  readonly slasher: ChainContext
  block(): Promise<bigint>
  /** Mines until `block` is the head: simulations run in it, and the next transaction in the one after. */
  advanceTo(block: bigint): Promise<void>
  /** A funded account of its own. */
  createAccount(name: string): Promise<PrivateKeyAccount>
  /** A registered identity and its hot key. */
  register(
    role: Role,
    name: string,
    stake: bigint,
  ): Promise<{ identity: Identity; hotKey: ChainContext; owner: ChainContext }>
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>
}

export async function createSubnet(config: SubnetConfig = testConfig): Promise<TestSubnet> {
  const { provider } = await network.create()
  const rpc = (method: string, params: readonly unknown[] = []) =>
    provider.request({ method, params: [...params] })
  const connectAs = (account: Account) =>
    createClients({ transport: custom(provider, { retryCount: 0 }), chainId: 31_337, account })
  const clients = connectAs(deployer)
  const deployment = await deploySubnet(clients, config)
  const chain = { ...clients, deployment }
  const as = (account: Account) => ({ ...connectAs(account), deployment })

  async function createAccount(name: string) {
    const account = privateKeyToAccount(keccak256(toHex(name)))
    await rpc('hardhat_setBalance', [account.address, numberToHex(10n ** 20n)])
    return account
  }
  async function impersonate(address: Address): Promise<ChainContext> {
    await rpc('hardhat_impersonateAccount', [address])
    await rpc('hardhat_setBalance', [address, numberToHex(10n ** 20n)])
    return as(toAccount(address))
  }
  return {
    ...chain,
    as,
    administrator: await impersonate(deployment.contracts.timelock),
    slasher: await impersonate(deployment.contracts.disputes),
    rpc,
    createAccount,
    block: () => chain.publicClient.getBlockNumber({ cacheTime: 0 }),
    async advanceTo(block) {
      const missing = block - (await chain.publicClient.getBlockNumber({ cacheTime: 0 }))
      if (missing < 0n) throw new Error(`block ${block} has passed`)
      await rpc('hardhat_mine', [numberToHex(missing), '0x0'])
    },
    async register(role, name, stake) {
      const owner = as(await createAccount(`${name} owner`))
      const hotKey = as(await createAccount(`${name} hot key`))
      await sendTransaction(chain, {
        address: deployment.contracts.token,
        abi: subnetTokenAbi,
        functionName: 'transfer',
        args: [signerOf(owner).account.address, stake + (await readRegistrationPrice(chain, role))],
      })
      const identity = await registerIdentity(owner, {
        role,
        hotKey: signerOf(hotKey).account.address,
        stake,
      })
      return { identity, hotKey, owner }
    },
  }
}

/** A real signature of the test chain's key. */
export function signTestRound(round: bigint): VerifiedRound {
  const { signature, randomness } = signRound(beaconKey, round)
  return { round, signature: `0x${signature}` as Hex, randomness: `0x${randomness}` as Hex }
}
