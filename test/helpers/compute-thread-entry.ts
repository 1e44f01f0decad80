import { serveComputeThread } from '../../shared/compute-thread.ts'
import { SubnetError } from '../../shared/errors.ts'

export type Job =
  | { kind: 'double'; value: number; turns?: number }
  | { kind: 'fail'; with: 'coded' | 'plain' | 'uncloneable' }
  | { kind: 'die' }

serveComputeThread<{ prepare: 'well' | 'badly' }, Job, number, number>(async ({ prepare }) => {
  if (prepare === 'badly') throw new SubnetError('CHECKPOINT_MISSING', 'there is no checkpoint')
  return async (job, tell) => {
    if (job.kind === 'die') process.exit(3)
    if (job.kind === 'fail') throw failureOf(job.with)
    for (let turn = 0; turn < (job.turns ?? 0); turn++) {
      tell(turn + 1)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return 2 * job.value
  }
})

function failureOf(kind: 'coded' | 'plain' | 'uncloneable'): Error {
  if (kind === 'plain') return new TypeError('a defect')
  const details = kind === 'coded' ? { row: 3 } : { row: () => 3 }
  return new SubnetError('ADMISSION_FAILED', 'the model failed', { retryable: true, details })
}
