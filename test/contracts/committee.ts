import { type Hex, keccak256, numberToHex } from 'viem'
import type { SubnetConfig } from '../../deploy/config.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { epochEnd, revealEnd, type Schedule, scoreCommitStart } from '../../shared/protocol/schedule.ts'
import { createSubnet, oneToken, type TestSubnet } from './subnet.ts'

/** By miner uid; null: commits nothing. */
export type Row = readonly number[] | null

export interface TestCommittee {
  readonly subnet: TestSubnet
  readonly hotKeys: readonly ChainContext[]
  readonly schedule: Schedule
}

/** A subnet with validators of the given stakes. */
export async function createCommittee(
  config: SubnetConfig,
  stakes: readonly bigint[],
  miners: number,
): Promise<TestCommittee> {
  const subnet = await createSubnet(config)
  for (let uid = 0; uid < miners; uid++) await subnet.register('miner', `miner ${uid}`, 10n * oneToken)
  const hotKeys: ChainContext[] = []
  for (const [uid, stake] of stakes.entries()) {
    hotKeys.push((await subnet.register('validator', `validator ${uid}`, stake)).hotKey)
  }
  const schedule = { ...config.schedule, startBlock: BigInt(subnet.deployment.startBlock) }
  return { subnet, hotKeys, schedule }
}

/** Commits and reveals an epoch's rows, by validator, and waits for the end of its reveal phase. */
export async function vote(committee: TestCommittee, epoch: number, rows: readonly Row[]): Promise<void> {
  const { subnet, hotKeys, schedule } = committee
  const ballots = rows.flatMap((weights, uid) =>
    weights ? [{ hotKey: hotKeys[uid], row: { epoch, weights, ...secrets(uid) } }] : [],
  )
  await subnet.advanceTo(scoreCommitStart(schedule, epoch))
  for (const { hotKey, row } of ballots) await commitScores(hotKey, row)
  await subnet.advanceTo(epochEnd(schedule, epoch))
  for (const { hotKey, row } of ballots) await revealScores(hotKey, row)
  await subnet.advanceTo(revealEnd(schedule, epoch))
}

function secrets(uid: number): { salt: Hex; evidenceRoot: Hex } {
  return { salt: keccak256(numberToHex(uid)), evidenceRoot: keccak256(numberToHex(1000 + uid)) }
}
