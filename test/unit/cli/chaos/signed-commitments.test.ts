import { encodeFunctionData, type Hex, padHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import {
  commitmentsIn,
  findDoubleCommits,
  type SignedCommitment,
} from '../../../../cli/chaos/signed-commitments.ts'
import { rolloutLogAbi, scoreBookAbi } from '../../../../shared/chain/abi.ts'
import type { Deployment } from '../../../../shared/chain/deployment.ts'

const rolloutLog = padHex('0x1', { size: 20 })
const scoreBook = padHex('0x2', { size: 20 })
const deployment = { contracts: { rolloutLog, scoreBook } } as Deployment
const root = (fill: number): Hex => padHex(`0x${fill}`, { size: 32 })
const account = privateKeyToAccount(root(1))

async function request(to: Hex, data: Hex): Promise<object> {
  const fields = { chainId: 1, nonce: 0, gas: 1n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n, value: 0n }
  const raw = await account.signTransaction({ ...fields, type: 'eip1559', to, data })
  return { id: 1, method: 'eth_sendRawTransaction', params: [raw] }
}
const body = (...calls: object[]) => Buffer.from(JSON.stringify(calls))

describe('commitmentsIn', () => {
  it('reads roots and rows out of signed bytes, and nothing else', async () => {
    const commitRoot = encodeFunctionData({
      abi: rolloutLogAbi,
      functionName: 'commitRoot',
      args: [3n, root(5), 2],
    })
    const commit = encodeFunctionData({ abi: scoreBookAbi, functionName: 'commit', args: [4n, root(6)] })
    const open = encodeFunctionData({ abi: rolloutLogAbi, functionName: 'openWindow', args: [3n] })
    const calls = [
      { id: 1, method: 'eth_blockNumber', params: [] },
      await request(rolloutLog, commitRoot),
      await request(scoreBook, commit),
      await request(rolloutLog, open),
      await request(padHex('0x3', { size: 20 }), commitRoot),
      await request(account.address, '0x'),
    ]
    expect(commitmentsIn(body(...calls), deployment)).toEqual([
      { kind: 'root', of: '3', commits: root(5) },
      { kind: 'scores', of: '4', commits: root(6) },
    ])
  })
})

describe('findDoubleCommits', () => {
  const answer = (commits: Hex, opening: string | null): SignedCommitment => {
    return { role: 'miner-0', kind: 'root', of: '3', commits, opening }
  }
  const scores = (role: string, commits: Hex): SignedCommitment => {
    return { role, kind: 'scores', of: '3', commits, opening: null }
  }

  it('takes the same bytes again, another opening, and another role for no contradiction', () => {
    const signed = [answer(root(1), 'a'), answer(root(1), 'a'), answer(root(2), 'b')]
    expect(findDoubleCommits([...signed, scores('v', root(1)), scores('w', root(2))])).toEqual([])
  })

  it('finds two answers to one opening, two rows of one epoch, and an answer that was never written down', () => {
    expect(findDoubleCommits([answer(root(1), 'a'), answer(root(2), 'a')])).toHaveLength(1)
    expect(findDoubleCommits([scores('v', root(1)), scores('v', root(2))])).toHaveLength(1)
    expect(findDoubleCommits([answer(root(1), null)])).toHaveLength(1)
  })
})
