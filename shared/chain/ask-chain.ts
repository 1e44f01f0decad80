import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  decodeErrorResult,
  type Hex,
  HttpRequestError,
  InternalRpcError,
  isHex,
  LimitExceededRpcError,
  ResourceUnavailableRpcError,
  TimeoutError,
  WaitForTransactionReceiptTimeoutError,
  WebSocketRequestError,
} from 'viem'
import { SubnetError } from '../errors.ts'
import { contractAbis } from './contract-abis.ts'

/** One contract may revert with another's error, so all of them are known everywhere. */
const knownErrors = Object.values(contractAbis)
  .flat()
  .filter((entry) => entry.type === 'error')

/**
 * Refusals that time alone brings or takes away, or that somebody was quicker: an endpoint that lags lets a role ask
 * for what is not due, not due any more, or done. Its next look at the chain shows that.
 */
const outOfStep = new Set([
  'WindowNotStarted',
  'WindowNotOpen',
  'WindowNotClosed',
  'CommitPhaseRunning',
  'CommitPhaseNotStarted',
  'RevealPhaseNotStarted',
  'RevealPhaseRunning',
  'RoundUnknown',
  'StillBonded',
  'StartNotPassed',
  'ActivationTooEarly',
  'TooManyPending',
  'WindowMissed',
  'CommitPhaseOver',
  'RevealPhaseOver',
  'NothingCommitted',
  'AlreadyCommitted',
  'AlreadyRevealed',
  'AlreadyClaimed',
  'EpochAlreadySettled',
  'EpochOutOfOrder',
  'ChallengeOver',
  'AlreadyObjected',
  'AlreadyRejected',
])

/**
 * Runs one exchange with the chain and says in our own terms what went wrong.
 * @param purpose completes "could not …"
 * @throws SubnetError CHAIN_REVERTED with `details.error` and `details.args`, the Solidity error;
 *   CHAIN_UNREACHABLE (retryable); CHAIN_FAILED; CHAIN_MALFORMED (retryable) where the answer is none that a chain gives
 */
export async function askChain<T>(purpose: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw translate(purpose, cause)
  }
}

/** The Solidity error's name, where `error` is a revert. */
export function revertedWith(error: unknown): string | undefined {
  if (!(error instanceof SubnetError) || error.code !== 'CHAIN_REVERTED') return undefined
  return error.details.error as string | undefined
}

function translate(purpose: string, cause: unknown): unknown {
  if (cause instanceof SubnetError) return cause
  if (!(cause instanceof BaseError)) return malformed(purpose, cause)
  // A role makes sure at its start that the contracts are there: who does not know them is behind.
  if (cause.walk((error) => error instanceof ContractFunctionZeroDataError)) return malformed(purpose, cause)
  const own = cause.walk((error) => error instanceof SubnetError)
  if (own instanceof SubnetError) return own
  const revert = findRevert(cause)
  if (revert) {
    const { error, args } = revert
    return new SubnetError('CHAIN_REVERTED', `could not ${purpose}: ${error}(${args.join(', ')})`, {
      retryable: outOfStep.has(error),
      details: { error, args },
      cause,
    })
  }
  if (cause.walk(isOutage)) {
    return new SubnetError(
      'CHAIN_UNREACHABLE',
      `could not ${purpose}: the chain does not answer (${cause.shortMessage}). Check the endpoint and the network.`,
      { retryable: true, cause },
    )
  }
  return new SubnetError('CHAIN_FAILED', `could not ${purpose}: ${cause.shortMessage}`, {
    details: { reason: cause.details },
    cause,
  })
}

/** Decoding trips over what no node sends: a number that is text, a log without data, rows of unequal length. */
function malformed(purpose: string, cause: unknown): SubnetError {
  return new SubnetError(
    'CHAIN_MALFORMED',
    `could not ${purpose}: the endpoint answered with what no chain answers (${(cause as Error).message}). Where that goes on, use another endpoint.`,
    { retryable: true, cause },
  )
}

/** What nodes say of a block that they do not have: they share no code for it. */
const unknownBlock = /header not found|unknown block|invalid block (tag|number)/i

/** Silence, what busy public endpoints answer (over the limit, resource unavailable, internal error), and lagging. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof LimitExceededRpcError ||
    error instanceof ResourceUnavailableRpcError ||
    error instanceof InternalRpcError ||
    error instanceof HttpRequestError ||
    error instanceof WebSocketRequestError ||
    error instanceof TimeoutError ||
    error instanceof WaitForTransactionReceiptTimeoutError ||
    // An answer that was cut short.
    error instanceof SyntaxError ||
    (error instanceof BaseError && unknownBlock.test(error.details))
  )
}

interface Revert {
  readonly error: string
  readonly args: readonly unknown[]
}

function findRevert(cause: BaseError): Revert | null {
  const reverted = cause.walk((error) => error instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError) {
    const { data, raw, reason } = reverted
    if (data) return { error: data.errorName, args: data.args ?? [] }
    return decodeRevert(raw ?? '0x', reason)
  }
  // Deployments have no ABI for viem to decode with; the node's answer carries the bytes.
  const holder = cause.walk((error) => isHex((error as { data?: unknown } | null)?.data))
  return holder ? decodeRevert((holder as unknown as { data: Hex }).data, undefined) : null
}

function decodeRevert(data: Hex, reason: string | undefined): Revert {
  try {
    const { errorName, args } = decodeErrorResult({ abi: knownErrors, data })
    return { error: errorName, args: args ?? [] }
  } catch {
    // Not an error of these contracts: the reason or the bytes are all there is to tell.
    return { error: reason ?? data, args: [] }
  }
}
