/**
 * A failure of our own: configuration, chain, beacon, store, disk, model. It is thrown, never turned into a
 * miner's verdict. A miner's fault is data and has a reason code instead (shared/protocol/verdict.ts).
 */
export class SubnetError extends Error {
  /** Stable, SCREAMING_SNAKE_CASE; what operators search for. */
  readonly code: string
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: string,
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
