import { afterEach, describe, expect, it } from 'vitest'
import { type ComputeThread, serveComputeThread, startComputeThread } from '../../../shared/compute-thread.ts'
import type { Job } from '../../helpers/compute-thread-entry.ts'

const entry = new URL('../../helpers/compute-thread-entry.ts', import.meta.url)
let thread: ComputeThread<Job, number, number> | undefined

const start = (prepare: 'well' | 'badly' = 'well', module = entry) => {
  thread = startComputeThread<{ prepare: 'well' | 'badly' }, Job, number, number>(module, { prepare })
  return thread
}
afterEach(() => thread?.close())

describe('a compute thread', () => {
  it('answers jobs in order, one after another', async () => {
    const { run } = start()
    const finished: number[] = []
    const jobs = [50, 20, 5, 0].map((turns, value) =>
      run({ kind: 'double', value, turns }).then((result) => {
        finished.push(result)
        return result
      }),
    )
    expect(await Promise.all(jobs)).toEqual([0, 2, 4, 6])
    expect(finished).toEqual([0, 2, 4, 6])
  })

  it('tells each asker how far its own job has come', async () => {
    const { run } = start()
    const told: string[] = []
    const jobs = [3, 2].map((turns, job) =>
      run({ kind: 'double', value: 1, turns }, (turn) => told.push(`${job}: ${turn}`)),
    )
    await Promise.all(jobs)
    expect(told).toEqual(['0: 1', '0: 2', '0: 3', '1: 1', '1: 2'])
  })

  it('passes on what a job threw, with its code, and goes on', async () => {
    const { run } = start()
    await expect(run({ kind: 'fail', with: 'coded' })).rejects.toMatchObject({
      name: 'SubnetError',
      code: 'ADMISSION_FAILED',
      message: 'the model failed',
      retryable: true,
      details: { row: 3 },
    })
    await expect(run({ kind: 'fail', with: 'plain' })).rejects.toMatchObject({
      code: 'COMPUTE_FAILED',
      message: 'a defect',
      retryable: false,
      details: { stack: expect.stringContaining('compute-thread-entry') },
    })
    expect(await run({ kind: 'double', value: 4 })).toBe(8)
  })

  it('rejects every job with the reason why it could not be prepared', async () => {
    const { run } = start('badly')
    for (let i = 0; i < 2; i++) {
      await expect(run({ kind: 'double', value: 1 })).rejects.toMatchObject({ code: 'CHECKPOINT_MISSING' })
    }
  })

  it('rejects the jobs under way and all later ones when it dies', async () => {
    const { run } = start()
    const waiting = [run({ kind: 'die' }), run({ kind: 'double', value: 1 })]
    for (const job of waiting) await expect(job).rejects.toMatchObject({ code: 'COMPUTE_THREAD_ENDED' })
    await expect(run({ kind: 'double', value: 1 })).rejects.toMatchObject({ code: 'COMPUTE_THREAD_ENDED' })
  })

  it('rejects jobs under way when it is closed, or could not start', async () => {
    const { run, close } = start()
    const job = run({ kind: 'double', value: 1, turns: 1e9 })
    const rejection = expect(job).rejects.toMatchObject({ code: 'COMPUTE_THREAD_ENDED' })
    await close()
    await rejection
    const missing = start('well', new URL('./no-such-module.ts', import.meta.url))
    await expect(missing.run({ kind: 'double', value: 1 })).rejects.toMatchObject({
      code: 'COMPUTE_THREAD_ENDED',
    })
  })

  it('ends rather than hangs on a failure that cannot be told', async () => {
    const { run } = start()
    await expect(run({ kind: 'fail', with: 'uncloneable' })).rejects.toMatchObject({
      code: 'COMPUTE_THREAD_ENDED',
    })
  })

  it('is served from a thread only', () => {
    expect(() => serveComputeThread(async () => async () => 0)).toThrow(
      expect.objectContaining({ code: 'NOT_A_THREAD' }),
    )
  })
})
