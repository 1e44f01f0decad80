import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { network } from 'hardhat'
import { type Address, custom, type Hex, numberToHex, parseGwei } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createClients } from '../../../../../shared/chain/connect.ts'
import { openOutbox } from '../../../../../shared/chain/outbox/outbox.ts'
import { openOutboxJournal } from '../../../../../shared/chain/outbox/outbox-journal.ts'
import { fakeClock } from '../../../../helpers/fake-clock.ts'

const chainId = 31_337
/** Code that notes every call it gets: LOG0 of its input. */
const notesCalls = '0x365f5f37365fa000'
const contract: Address = `0x${'c0'.repeat(20)}`
const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)

/** What one RPC call met with before the role was killed. */
class Killed extends Error {}

let provider: Awaited<ReturnType<typeof network.create>>['provider']
let journalFile: string
/** Calls left before the kill; none when negative. */
let lives = -1
let lines: { message: string; fields: Record<string, unknown> }[]

const rpc = <T>(method: string, params: readonly unknown[] = []) =>
  provider.request({ method, params: [...params] }) as Promise<T>

/** Blocks come when a test mines them, as on a public chain. */
beforeEach(async () => {
  provider = (await network.create()).provider
  await rpc('hardhat_setBalance', [account.address, numberToHex(10n ** 20n)])
  await rpc('hardhat_setCode', [contract, notesCalls])
  await rpc('evm_setAutomine', [false])
  const directory = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  journalFile = join(directory, 'outbox.sqlite')
  lives = -1
  lines = []
})

function open(options: { mostFee?: bigint; confirmations?: number; onSleep?: () => Promise<void> } = {}) {
  const transport = custom(
    {
      async request({ method, params }) {
        if (lives === 0) throw new Killed()
        lives--
        const answer = await rpc(method, params)
        // Half of the kills come after the chain has heard.
        if (lives === 0 && method === 'eth_sendRawTransaction') throw new Killed()
        return answer
      },
    },
    { retryCount: 0 },
  )
  const { publicClient } = createClients({ transport, chainId })
  const clock = fakeClock()
  const note = (message: string, fields = {}) => void lines.push({ message, fields })
  const sleep: typeof clock.sleep = async (ms, signal) => {
    await clock.sleep(ms, signal)
    await (options.onSleep ?? mine)()
  }
  const outbox = openOutbox({
    ...{ client: publicClient, account, chainId, journal: openOutboxJournal(journalFile) },
    confirmations: options.confirmations ?? 3,
    ...{ mostFee: options.mostFee ?? parseGwei('500'), clock: { ...clock, sleep } },
    ...{ log: { debug: note, info: note, warn: note, error: note }, signal: new AbortController().signal },
    pollMs: 10_000,
  })
  return outbox
}

const mine = (blocks = 1) => rpc<void>('hardhat_mine', [numberToHex(blocks)])
const call = (data: Hex) => ({ to: contract, data })
const prepare = async () => 50_000n
const intentOf = (of: number, deadline?: bigint) => ({ kind: 'note', of: String(of), deadline })

/** What the contract was called with, in order. */
async function notes(): Promise<Hex[]> {
  const logs = await rpc<{ data: Hex }[]>('eth_getLogs', [{ fromBlock: '0x0', address: contract }])
  return logs.map(({ data }) => data)
}

async function headBlock(): Promise<bigint> {
  return BigInt(await rpc<Hex>('eth_blockNumber'))
}

/** Another history of the last blocks, in which nothing of ours happened and the pool has forgotten all. */
async function reorganise(snapshot: string, blocks: number): Promise<void> {
  await rpc('evm_revert', [snapshot])
  await rpc('evm_setAutomine', [false])
  for (const { hash } of await poolOf()) await rpc('hardhat_dropTransaction', [hash])
  await mine(blocks)
}

async function poolOf(): Promise<{ hash: Hex; maxFeePerGas: Hex; nonce: Hex }[]> {
  const { transactions } = await rpc<{ transactions: { hash: Hex; maxFeePerGas: Hex; nonce: Hex }[] }>(
    'eth_getBlockByNumber',
    ['pending', true],
  )
  return transactions
}

describe('the outbox', () => {
  it('gets calls into blocks in the order they were asked for, each once', async () => {
    const outbox = open()
    for (const of of [1, 2, 3]) await outbox.deliver(call(`0x0${of}`), intentOf(of), prepare)
    await outbox.deliver(call('0x02'), intentOf(2), prepare)
    expect(await notes()).toEqual(['0x01', '0x02', '0x03'])
    expect(outbox.depth()).toBeGreaterThan(0)
    expect(outbox.hasLasted(contract, intentOf(3))).toBe(false)
    await mine(3)
    await outbox.tend()
    expect(outbox.hasLasted(contract, intentOf(3))).toBe(true)
    expect(outbox.depth()).toBe(0)
  })

  it('sends nothing twice, wherever the role is killed, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 5 }), async (kills) => {
        const snapshot = await rpc<string>('evm_snapshot')
        journalFile = `${journalFile}x`
        for (const until of [...kills, -1]) {
          lives = until
          const outbox = open()
          try {
            for (const of of [1, 2]) await outbox.deliver(call(`0x0${of}`), intentOf(of), prepare)
          } catch {
            // As a kill would: what comes next knows only the journal and the chain.
          }
          outbox.close()
          await mine()
        }
        expect(await notes()).toEqual(['0x01', '0x02'])
        await rpc('evm_revert', [snapshot])
      }),
      { seed: 61, numRuns: 25 },
    )
  })

  it.each([1, 2, 5, 12])('sends again what vanished with %i blocks, in the same bytes', async (depth) => {
    const outbox = open({ confirmations: 13 })
    const snapshot = await rpc<string>('evm_snapshot')
    const sent: Hex[] = []
    for (let of = 1; of <= Math.min(depth, 3); of++) {
      const { hash } = await outbox.deliver(call(`0x0${of}`), intentOf(of), prepare)
      sent.push(hash)
    }
    const before = await notes()
    await mine(depth - sent.length)
    await outbox.tend()
    await reorganise(snapshot, depth + 1)
    expect(await notes()).toEqual([])
    for (let looks = 0; looks < 20; looks++) {
      await outbox.tend()
      await mine()
    }
    expect(await notes()).toEqual(before)
    for (const hash of sent) {
      expect(await rpc('eth_getTransactionReceipt', [hash])).toMatchObject({ status: '0x1' })
    }
    expect(lines.filter(({ message }) => message === 'transaction vanished')).toHaveLength(sent.length)
    expect(outbox.depth()).toBe(0)
  })

  it('lets go of what vanished when it is too late for it, and frees its nonce for what came after', async () => {
    const outbox = open({ confirmations: 13 })
    const snapshot = await rpc<string>('evm_snapshot')
    const deadline = (await headBlock()) + 4n
    await outbox.deliver(call('0x01'), intentOf(1, deadline), prepare)
    await outbox.deliver(call('0x02'), intentOf(2), prepare)
    await reorganise(snapshot, 6)
    for (let looks = 0; looks < 20; looks++) {
      await outbox.tend()
      await mine()
    }
    expect(await notes()).toEqual(['0x02'])
    expect(outbox.depth()).toBe(0)
    expect(lines.map(({ message }) => message)).toContain('transaction expired')
  })

  it('offers more until a block takes it, and never more than the cap', async () => {
    // Blocks without room for it: nobody mines what is pending.
    const stuck = async () => {
      for (const { hash } of await poolOf()) await rpc('hardhat_dropTransaction', [hash])
      await mine()
    }
    let asleep = 0
    const mostFee = parseGwei('4')
    const outbox = open({ mostFee, onSleep: () => (asleep++ < 30 ? stuck() : mine()) })
    await expect(outbox.deliver(call('0x0c'), intentOf(1), prepare)).rejects.toMatchObject({
      code: 'TRANSACTION_PENDING',
      retryable: true,
    })
    const fees = lines
      .filter(({ message }) => message === 'raised fee')
      .map(({ fields }) => fields.maxFee as bigint)
    expect(fees.length).toBeGreaterThan(1)
    for (const [i, fee] of fees.entries()) {
      expect(fee).toBeLessThanOrEqual(mostFee)
      if (i > 0) expect(fee * 10n).toBeGreaterThanOrEqual(fees[i - 1] * 11n)
    }
    while (asleep < 31) await outbox.deliver(call('0x0c'), intentOf(1), prepare).catch(() => {})
    expect(await notes()).toEqual(['0x0c'])
  })

  it('cancels what comes too late, and goes on under the next nonce', async () => {
    const deadline = (await headBlock()) + 3n
    const drop = async () => {
      for (const { hash, nonce } of await poolOf()) {
        if (nonce === '0x0' && (await headBlock()) < deadline) await rpc('hardhat_dropTransaction', [hash])
      }
      await mine()
    }
    const outbox = open({ onSleep: drop })
    await expect(outbox.deliver(call('0x0d'), intentOf(1, deadline), prepare)).rejects.toMatchObject({
      code: 'TRANSACTION_EXPIRED',
    })
    await outbox.deliver(call('0x0e'), intentOf(2), prepare)
    expect(await notes()).toEqual(['0x0e'])
  })

  it('tells a nonce that another transaction took from one that is on its way', async () => {
    const outbox = open({
      onSleep: async () => {
        for (const { hash } of await poolOf()) await rpc('hardhat_dropTransaction', [hash])
        const foreign = await account.signTransaction({
          ...{ type: 'eip1559', chainId, nonce: 0, to: account.address, gas: 21_000n },
          ...{ maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: parseGwei('2') },
        })
        await rpc('eth_sendRawTransaction', [foreign]).catch(() => {})
        await mine()
      },
    })
    await expect(outbox.deliver(call('0x0f'), intentOf(1), prepare)).rejects.toMatchObject({
      code: 'TRANSACTION_REPLACED',
      retryable: true,
    })
    outbox.close()
    const again = open()
    await again.deliver(call('0x0f'), intentOf(1), prepare)
    expect(await notes()).toEqual(['0x0f'])
  })

  it('says so when the key cannot pay', async () => {
    await rpc('hardhat_setBalance', [account.address, '0x0'])
    await expect(open().deliver(call('0x01'), intentOf(1), prepare)).rejects.toMatchObject({
      code: 'KEY_UNFUNDED',
      retryable: true,
    })
  })

  it('lets one process send under a key', () => {
    open()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'JOURNAL_IN_USE' }))
  })
})
