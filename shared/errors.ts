import type { ErrorCode } from './error-codes/catalogue.ts'

/**
 * A failure of our own: configuration, chain, beacon, store, disk, model. It is thrown, never turned into a
 * miner's verdict. A miner's fault is data and has a reason code instead (shared/protocol/verdict.ts).
 */
export class SubnetError extends Error {
  /** Stable; what operators search for, and `rollproof error` explains. */
  readonly code: ErrorCode
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SubnetError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.details = options.details ?? {}
  }
}
