import { custom, HttpRequestError } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../../shared/chain/connect.ts'
import type { Duty } from '../../../shared/duty.ts'
import { SubnetError } from '../../../shared/errors.ts'
import type { Network } from '../../../shared/network.ts'
import { runDuties } from '../../../shared/run-duties.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'

const pollMs = 1000
const outage = () => new SubnetError('BEACON_UNAVAILABLE', 'no relay answers', { retryable: true })
const reasonToAbort = new Error('asked to stop')

let clock: ReturnType<typeof fakeClock>
let lines: { message: string; fields: Record<string, unknown> }[]
let abort: AbortController
/** What the chain answers to eth_blockNumber. */
let head: () => string

beforeEach(() => {
  clock = fakeClock()
  lines = []
  abort = new AbortController()
  head = () => '0x10'
})

/** The network as roles hold it, over a transport in memory. It aborts once the clock has passed `endMs`. */
function networkUntil(endMs: number): Network {
  const note = (message: string, fields = {}) => void lines.push({ message, fields })
  const transport = custom({ request: async () => head() }, { retryCount: 0 })
  const clients = createClients({ transport, chainId: 1 })
  const sleep: typeof clock.sleep = async (durationMs, signal) => {
    if (clock.elapsedMs() + durationMs >= endMs) abort.abort(reasonToAbort)
    await clock.sleep(durationMs, signal)
  }
  return {
    chain: { ...clients, deployment: undefined as never },
    schedule: undefined as never,
    beacon: undefined as never,
    clock: { ...clock, sleep },
    log: { debug: note, info: note, warn: note, error: note },
    signal: abort.signal,
    pollMs,
    upkeep: [],
  }
}

/** A duty that notes when it ran. */
function duty(
  name: string,
  run: (turn: number) => void = () => {},
): Duty & { ranAt: number[]; blocks: bigint[] } {
  const ranAt: number[] = []
  const blocks: bigint[] = []
  return {
    name,
    ranAt,
    blocks,
    async run(block) {
      ranAt.push(clock.nowMs() / pollMs)
      blocks.push(block)
      run(ranAt.length)
    },
  }
}

describe('runDuties', () => {
  it('runs each duty once a poll, in order, with the newest block, until it is told to stop', async () => {
    let block = 16
    head = () => `0x${(block++).toString(16)}`
    const order: string[] = []
    const [first, second] = ['a', 'b'].map((name) => duty(name, () => order.push(name)))
    await runDuties(networkUntil(3 * pollMs), [first, second])
    expect(order.join('')).toBe('ababab')
    expect(first.blocks).toEqual([16n, 17n, 18n])
    expect(first.ranAt).toEqual([0, 1, 2])
  })

  it('backs off from a duty whose failure may pass, twice as long each time, while others go on', async () => {
    const failing = duty('failing', () => {
      throw outage()
    })
    const other = duty('other')
    await runDuties(networkUntil(130 * pollMs), [failing, other])
    expect(failing.ranAt).toEqual([0, 2, 6, 14, 30, 62, 94, 126])
    expect(other.ranAt.length).toBe(130)
    expect(lines[0]).toEqual({
      message: 'failed duty',
      fields: {
        duty: 'failing',
        code: 'BEACON_UNAVAILABLE',
        why: 'no relay answers',
        failures: 1,
        pauseMs: 2000,
      },
    })
  })

  it('forgets failures once a duty recovers', async () => {
    const flaky = duty('flaky', (turn) => {
      if (turn < 3 || turn === 5) throw outage()
    })
    await runDuties(networkUntil(12 * pollMs), [flaky])
    expect(flaky.ranAt).toEqual([0, 2, 6, 7, 8, 10, 11])
    expect(lines.map(({ message, fields }) => [message, fields.failures ?? fields.after])).toEqual([
      ['failed duty', 1],
      ['failed duty', 2],
      ['recovered', 2],
      ['failed duty', 1],
      ['recovered', 1],
    ])
  })

  it('waits for a chain that does not answer, and runs nothing meanwhile', async () => {
    let looks = 0
    head = () => {
      if (looks++ < 2) throw new HttpRequestError({ url: 'http://127.0.0.1:1' })
      return '0x20'
    }
    const waiting = duty('waiting')
    await runDuties(networkUntil(8 * pollMs), [waiting])
    expect(waiting.ranAt).toEqual([6, 7])
    expect(lines[0].fields).toMatchObject({ duty: 'look at the chain', code: 'CHAIN_UNREACHABLE' })
  })

  it('waits for room on a full disk', async () => {
    const writing = duty('writing', (turn) => {
      if (turn === 1) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
    })
    await runDuties(networkUntil(4 * pollMs), [writing])
    expect(writing.ranAt).toEqual([0, 2, 3])
    expect(lines[0].fields).toMatchObject({ duty: 'writing', code: 'DISK_FULL' })
  })

  it('ends with a failure that cannot pass, and with a defect of ours', async () => {
    const last = duty('last')
    for (const error of [new SubnetError('CHECKPOINT_MISSING', 'there is none'), new TypeError('a defect')]) {
      const ending = duty('ending', () => {
        throw error
      })
      await expect(runDuties(networkUntil(5 * pollMs), [ending, last])).rejects.toBe(error)
      expect(ending.ranAt.length).toBe(1)
    }
    expect(last.ranAt).toEqual([])
  })

  it('ends quietly when it is told to stop amid a duty, whatever that duty throws', async () => {
    const stopped = duty('stopped', () => {
      abort.abort(reasonToAbort)
      throw reasonToAbort
    })
    const last = duty('last')
    await runDuties(networkUntil(5 * pollMs), [stopped, last])
    expect([stopped.ranAt.length, last.ranAt.length]).toEqual([1, 0])
    expect(lines).toEqual([])
  })

  it('does nothing when it was told to stop before', async () => {
    abort.abort(reasonToAbort)
    const never = duty('never')
    await runDuties(networkUntil(5 * pollMs), [never])
    expect(never.ranAt).toEqual([])
  })
})
