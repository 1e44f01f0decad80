import { type Abi, type Address, zeroHash } from 'viem'
import { policyRegistryAbi, rolloutLogAbi, stakeRegistryAbi, subnetTokenAbi } from '../../shared/chain/abi.ts'
import { claimRewards } from '../../shared/chain/claim-rewards.ts'
import { closeWindow } from '../../shared/chain/close-window.ts'
import { nonRevealCall } from '../../shared/chain/dispute-calls.ts'
import {
  delegateCall,
  executeCall,
  proposeCall,
  queueCall,
  voteCall,
} from '../../shared/chain/governance/calls.ts'
import { setRulesAction } from '../../shared/chain/governance/draw-up.ts'
import { proposalId } from '../../shared/chain/governance/proposal-id.ts'
import { readLatestRules } from '../../shared/chain/governance/read-latest-rules.ts'
import { readProposal } from '../../shared/chain/governance/read-proposal.ts'
import { withChanges } from '../../shared/chain/governance/rule-changes.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { roleIndex } from '../../shared/chain/role.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { epochEnd, revealEnd, scoreCommitStart, windowStart } from '../../shared/protocol/schedule.ts'
import { deployer, oneToken, signTestRound } from '../contracts/subnet.ts'
import { type Crowd, config, createCrowd, hotKeyOf, miners, randomHex, voteAll } from './crowd.ts'
import { measureFaults } from './measure-faults.ts'

/** Gas of whole transactions, by what they do. */
export type GasReport = Record<string, number>

/**
 * Every figure is of a subnet that has been running: uids below have done the same before, recycled slots are not
 * empty, and beacon signatures, roots and rows are random bytes.
 */
export async function measureGas(): Promise<GasReport> {
  const report: GasReport = {}
  const small = await createCrowd(16)
  await measureWindows(small, report)
  await measureEpochs(small, report, [0, 1, 2, 3, 4, 5])
  report['close a window'] = await gasOf(small, () => closeWindow(small.subnet, 0))
  await measureClaims(small, report)
  await measureDisputes(small, report)
  Object.assign(report, await measureFaults())
  await measureRest(small, report)
  await measureEpochs(await createCrowd(64), report, [0, 1, 2, 3])
  for (const bonds of ['', ' with bonds']) {
    report[`epoch per miner 16x256${bonds}`] = epochPerMiner(report, `settle 16x256${bonds}`)
  }
  return report
}

/** All that an epoch of one window costs 256 miners and 16 validators, in gas a miner. Claims are theirs to time. */
function epochPerMiner(report: GasReport, settle: string): number {
  const windows = report['open a window'] + report['close a window'] + 2 * report['submit beacon']
  const roots = miners * report['commit rollout root']
  const rows = 16 * (report['commit scores'] + report['reveal 256 scores'])
  return Math.ceil((windows + roots + rows + report[settle]) / miners)
}

/** Of an action that is one transaction in a block of its own. */
async function gasOf({ subnet }: Crowd, action: () => Promise<unknown>): Promise<number> {
  const before = await subnet.block()
  await action()
  if ((await subnet.block()) !== before + 1n) throw new Error('not one transaction')
  return Number((await subnet.publicClient.getBlock()).gasUsed)
}

async function measureWindows(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet, schedule } = crowd
  await subnet.advanceTo(windowStart(schedule, 0) + 1n)
  report['open a window'] = await gasOf(crowd, () => openWindow(subnet, 0))
  const { openRound } = await openWindow(subnet, 0)
  report['submit beacon'] = await gasOf(crowd, () => submitRound(subnet, signTestRound(openRound)))
  report["commit a miner's first rollout root"] = await crowd.commitRoot(0, 3)
  const { rolloutLog } = subnet.deployment.contracts
  const uri = 'https://miner.example.org:4830/bundles'
  const announce = () => crowd.send(hotKeyOf('miner', 3), rolloutLog, rolloutLogAbi, 'announce', [uri])
  report['announce where bundles lie'] = await announce()
}

async function measureEpochs(crowd: Crowd, report: GasReport, epochs: readonly number[]): Promise<void> {
  const { subnet, validators } = crowd
  const size = `${validators}x${miners}`
  for (const epoch of epochs) {
    if (epoch === 1) {
      await openWindow(subnet, 1)
      if (validators === 16) report['commit rollout root'] = await crowd.commitRoot(1, 3)
      // From epoch 2 on bonds are kept.
      const { contracts } = subnet.deployment
      const rules = withChanges(await readLatestRules(subnet), new Map([['bondsMovingAveragePpm', '900000']]))
      const { target, data } = setRulesAction(contracts, rules)
      await subnet.rpc('eth_sendTransaction', [{ from: contracts.timelock, to: target, data }])
    }
    const { commit, reveal } = await voteAll(crowd, epoch)
    const settle = await gasOf(crowd, () => settleEpoch(subnet, epoch))
    if (epoch === 1) report[`settle ${size}`] = settle
    if (epoch === 3) report[`settle ${size} with bonds`] = settle
    // Ballots are recycled after four epochs.
    if (epoch === 5) Object.assign(report, { 'commit scores': commit, 'reveal 256 scores': reveal })
  }
}

/** One owner holds every identity, so that a claim's balance slot is not empty, as an owner's is who has claimed before. */
async function measureClaims(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet } = crowd
  await claimRewards(subnet, 'miner', 7, [0])
  report.claim = await gasOf(crowd, () => claimRewards(subnet, 'miner', 7, [1]))
  report['claim 4 epochs at once'] = await gasOf(crowd, () => claimRewards(subnet, 'miner', 7, [2, 3, 4, 5]))
}

async function measureDisputes(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet, schedule } = crowd
  const epoch = 6
  await subnet.advanceTo(scoreCommitStart(schedule, epoch))
  await crowd.commitScores(epoch, 0)
  await subnet.advanceTo(epochEnd(schedule, epoch))
  await subnet.advanceTo(revealEnd(schedule, epoch))
  report['prove that scores stayed closed'] = await gasOf(crowd, () =>
    sendTransaction(subnet, nonRevealCall(subnet.deployment.contracts, epoch, 0)),
  )
}

async function measureRest(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet } = crowd
  const { stakeRegistry, token } = subnet.deployment.contracts
  const as = (from: Address) => (to: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    crowd.send(from, to, abi, functionName, args)
  const { address } = await subnet.createAccount('newcomer')
  await subnet.rpc('hardhat_impersonateAccount', [address])
  await as(deployer.address)(token, subnetTokenAbi, 'transfer', [address, 11n * oneToken])
  const newcomer = as(address)
  await newcomer(token, subnetTokenAbi, 'approve', [stakeRegistry, 10n * oneToken + 1n])
  const terms = [roleIndex('miner'), hotKeyOf('miner', 999), 10n * oneToken, 1n]
  report.register = await newcomer(stakeRegistry, stakeRegistryAbi, 'register', terms)
  const owner = as(deployer.address)
  const seat = [roleIndex('miner'), 9]
  const key = hotKeyOf('miner', 1_000)
  report['rotate a hot key'] = await owner(stakeRegistry, stakeRegistryAbi, 'rotateHotKey', [...seat, key])
  report['add stake'] = await owner(stakeRegistry, stakeRegistryAbi, 'stake', [...seat, oneToken])
  report.leave = await owner(stakeRegistry, stakeRegistryAbi, 'requestUnstake', seat)
  await measurePublication(crowd, report)
  await measureGovernance(crowd, report)
}

async function measurePublication(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet } = crowd
  const first = {
    manifestHash: randomHex(2, 1),
    parent: zeroHash,
    environmentId: randomHex(2, 2),
    environmentHash: randomHex(2, 3),
    activationWindow: 40,
    uri: 'https://checkpoints.example.org/1',
    recordHash: zeroHash,
  }
  await publishPolicy(subnet, first)
  const second = {
    ...first,
    manifestHash: randomHex(2, 4),
    parent: first.manifestHash,
    activationWindow: 41,
    recordHash: randomHex(2, 5),
  }
  report['publish a checkpoint'] = await gasOf(crowd, () => publishPolicy(subnet, second))
  const { policyRegistry } = subnet.deployment.contracts
  const objection = [second.manifestHash, randomHex(2, 6)]
  report['object to a checkpoint'] = await crowd.send(
    hotKeyOf('validator', 3),
    policyRegistry,
    policyRegistryAbi,
    'object',
    objection,
  )
}

async function measureGovernance(crowd: Crowd, report: GasReport): Promise<void> {
  const { subnet } = crowd
  const self = deployer.address
  await sendTransaction(subnet, delegateCall(subnet, self))
  // Votes count from the block after.
  await subnet.rpc('hardhat_mine', ['0x1'])
  const rules = withChanges(await readLatestRules(subnet), new Map([['kappa', '30000']]))
  const actions = [setRulesAction(subnet.deployment.contracts, rules)]
  const description = 'a smaller majority'
  const proposal = await proposeCall(subnet, self, actions, description)
  report.propose = await gasOf(crowd, () => sendTransaction(subnet, proposal))
  const id = proposalId(actions, description)
  const read = () => readProposal(subnet, id)
  await subnet.advanceTo((await read()).snapshot + 1n)
  const vote = await voteCall(subnet, self, await read(), 'for', '')
  report.vote = await gasOf(crowd, () => sendTransaction(subnet, vote))
  await subnet.advanceTo((await read()).deadline + 1n)
  const queue = queueCall(subnet, await read())
  report.queue = await gasOf(crowd, () => sendTransaction(subnet, queue))
  await subnet.rpc('evm_increaseTime', [config.governance.timelockSeconds])
  await subnet.rpc('hardhat_mine', ['0x1'])
  const execute = await executeCall(subnet, await read())
  report.execute = await gasOf(crowd, () => sendTransaction(subnet, execute))
}
