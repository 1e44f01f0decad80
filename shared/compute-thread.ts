import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { ErrorCode } from './error-codes/catalogue.ts'
import { SubnetError } from './errors.ts'
import { runnableModule } from './runnable-module.ts'

/**
 * A thread that runs the model, so that the role's event loop stays free for the chain and for serving bundles:
 * `session.run` is native code that blocks its thread. Jobs and results are plain data.
 */
export interface ComputeThread<Job, Result, Progress = never> {
  /** @param onProgress told of what the job has come to; never after it has ended */
  run(job: Job, onProgress?: (progress: Progress) => void): Promise<Result>
  /** Processor time that its jobs have used so far. */
  cpuMs(): number
  /** Ends the thread between two runs of the engine; jobs that are not finished by then are rejected. */
  close(): Promise<void>
}

type Failure = { code: ErrorCode; message: string; retryable: boolean; details: Record<string, unknown> }
/** What ends a thread. */
const closing = 'close'
type Reply<Result, Progress> =
  | ({ id: number; cpuMs: number } & ({ result: Result } | { failure: Failure }))
  | { id: number; progress: Progress }

/**
 * @param entry module that calls `serveComputeThread`
 * @throws SubnetError what the thread threw, or COMPUTE_THREAD_ENDED when it died with jobs under way
 */
export function startComputeThread<Init, Job, Result, Progress = never>(
  entry: URL,
  init: Init,
): ComputeThread<Job, Result, Progress> {
  const worker = new Worker(runnableModule(entry), { workerData: init, execArgv: process.execArgv })
  interface Waiting {
    resolve(result: Result): void
    reject(error: Error): void
    onProgress(progress: Progress): void
  }
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let spentMs = 0
  let ended: Error | null = null
  const end = (cause: unknown) => {
    ended ??= new SubnetError('COMPUTE_THREAD_ENDED', 'the thread that runs the model has ended', { cause })
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', (reply: Reply<Result, Progress>) => {
    const job = waiting.get(reply.id)
    if ('progress' in reply) return job?.onProgress(reply.progress)
    spentMs += reply.cpuMs
    waiting.delete(reply.id)
    if ('result' in reply) job?.resolve(reply.result)
    else job?.reject(new SubnetError(reply.failure.code, reply.failure.message, reply.failure))
  })
  worker.on('error', end)
  worker.on('exit', (code) => end(`exit code ${code}`))
  return {
    run: (job, onProgress = () => {}) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        const id = nextId++
        waiting.set(id, { resolve, reject, onProgress })
        worker.postMessage({ id, job })
      }),
    cpuMs: () => spentMs,
    // Not `terminate`: in the middle of native code that takes the process with it.
    close: () =>
      new Promise((resolve) => {
        if (ended) return resolve()
        worker.once('exit', () => resolve())
        worker.postMessage(closing)
      }),
  }
}

/** The other side: prepares once, then answers jobs one after another, in order. */
export function serveComputeThread<Init, Job, Result, Progress = never>(
  prepare: (init: Init) => Promise<(job: Job, tell: (progress: Progress) => void) => Promise<Result>>,
): void {
  if (isMainThread || !parentPort) throw new SubnetError('NOT_A_THREAD', 'this module runs as a thread only')
  const port = parentPort
  const ready = prepare(workerData as Init)
  ready.catch(() => {})
  let previous: Promise<unknown> = Promise.resolve()
  port.on('message', (message: { id: number; job: Job } | typeof closing) => {
    // A message is taken up only where the engine is not running.
    if (message === closing) process.exit()
    const { id, job } = message
    previous = previous.then(async () => {
      const before = process.threadCpuUsage()
      try {
        const handle = await ready
        const tell = (progress: Progress) => port.postMessage({ id, progress })
        const result = await handle(job, tell)
        port.postMessage({ id, result, cpuMs: spentSince(before) })
      } catch (error) {
        port.postMessage({ id, failure: failureOf(error), cpuMs: spentSince(before) })
      }
    })
  })
}

function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

function failureOf(error: unknown): Failure {
  if (error instanceof SubnetError) {
    return {
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      details: { ...error.details },
    }
  }
  const { message, stack } = error as Error
  return { code: 'COMPUTE_FAILED', message, retryable: false, details: { stack } }
}
