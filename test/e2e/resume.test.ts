import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChildEvent } from '../../cli/devnet/child.ts'
import { conductWindow } from '../../cli/devnet/conductor.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'

let devnet: TestDevnet

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 2, validators: 2 })
})
afterAll(async () => devnet?.close())

/** Kills a role at the first event with this message, and starts it again with the same journal. */
function startAndKillAt(name: string, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let killed = false
    const onEvent = (event: ChildEvent) => {
      if (killed || event.message !== message) return
      killed = true
      devnet
        .kill(name)
        .then(() => devnet.start(name))
        .then(resolve, reject)
    }
    devnet.start(name, { onEvent })
  })
}

test('roles killed at any moment lose no window and commit nothing twice', async () => {
  const killed = [
    startAndKillAt('miner-0', 'started window'),
    startAndKillAt('miner-1', 'prepared window'),
    startAndKillAt('validator-0', 'audited miner'),
    startAndKillAt('validator-1', 'committed scores'),
  ]
  await conductWindow(devnet.stage, 0)
  await Promise.all(killed)

  const { chain } = devnet.network
  const commitments = await readCommitments(chain, 0)
  expect(commitments.map(({ minerUid }) => minerUid).sort()).toEqual([0, 1])
  const reveals = await readReveals(chain, 0)
  expect(reveals.map(({ validatorUid }) => validatorUid)).toEqual([0, 1])
  expect(reveals[0].weights).toEqual(reveals[1].weights)
  const settlement = await readSettlement(chain, 0)
  expect(settlement?.voided).toBe(false)
  expect(settlement?.payouts.filter(({ role }) => role === 'miner').map(({ uid }) => uid)).toEqual([0, 1])
  const audits = devnet.events('validator-0').filter(({ message }) => message === 'audited miner')
  expect(audits.map(({ miner }) => miner).sort()).toEqual([0, 1])
})

test('the next window runs as if nothing had happened', async () => {
  await conductWindow(devnet.stage, 1)
  expect(await readCommitments(devnet.network.chain, 1)).toHaveLength(2)
  expect(await readReveals(devnet.network.chain, 1)).toHaveLength(2)
})
