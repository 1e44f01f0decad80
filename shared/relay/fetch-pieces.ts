import { SubnetError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { BundleStore } from '../store/store.ts'
import type { Peer } from './peer.ts'

export interface PieceRequest {
  readonly peers: readonly Peer[]
  /** Where pieces go as soon as their hash is checked, and where a later call finds them. */
  readonly store: BundleStore
  readonly log: Log
  readonly signal?: AbortSignal | undefined
  /** Largest piece accepted, enforced before it is buffered. */
  readonly maxBytes: number
  onPiece?(hash: string, bytes: Uint8Array): void
}

/** A peer during one download. */
interface Carrier extends Peer {
  readonly lacks: Set<string>
  /** Ends what is still under way with it once it is dropped. */
  readonly leave: AbortController
  running: number
  fault: SubnetError | undefined
}

const piecesPerPeer = 4
/** Bounds memory: so many pieces are buffered at once. */
const piecesAtOnce = 16

/**
 * Fetches pieces by their hashes from several peers at once and stores each. A peer that fails in any way (wrong
 * bytes, silence, a cut or endless answer, an error status, a redirect, a forbidden address) is dropped with its
 * pieces going to the others; one that merely lacks a piece is asked for the rest.
 * @throws SubnetError PEERS_EXHAUSTED (retryable) naming each peer's fault, STORE_WRITE_FAILED; the signal's reason
 *   when it aborts. What was stored by then stays.
 */
export async function fetchPieces(hashes: readonly string[], request: PieceRequest): Promise<void> {
  const { signal } = request
  const pending = [...new Set(hashes)]
  const carriers = request.peers.map(
    (peer): Carrier => ({
      ...peer,
      lacks: new Set(),
      leave: new AbortController(),
      running: 0,
      fault: undefined,
    }),
  )
  const running = new Set<Promise<void>>()
  try {
    while (pending.length > 0 || running.size > 0) {
      signal?.throwIfAborted()
      for (const { hash, carrier } of assign(pending, carriers, piecesAtOnce - running.size)) {
        const task = carry(hash, carrier, pending, request).finally(() => running.delete(task))
        running.add(task)
      }
      if (running.size === 0) throw exhausted(pending, carriers)
      await Promise.race(running)
    }
  } finally {
    for (const { leave } of carriers) leave.abort()
    await Promise.allSettled(running)
  }
}

/** Takes from `pending` what can start now, each piece to the least busy peer that may have it. */
function assign(
  pending: string[],
  carriers: readonly Carrier[],
  free: number,
): { hash: string; carrier: Carrier }[] {
  const assigned: { hash: string; carrier: Carrier }[] = []
  for (let i = 0; i < pending.length && assigned.length < free; ) {
    const hash = pending[i]
    const able = carriers.filter(
      ({ fault, running, lacks }) => !fault && running < piecesPerPeer && !lacks.has(hash),
    )
    if (able.length === 0) {
      i++
      continue
    }
    const carrier = able.reduce((least, other) => (other.running < least.running ? other : least))
    carrier.running++
    pending.splice(i, 1)
    assigned.push({ hash, carrier })
  }
  return assigned
}

async function carry(
  hash: string,
  carrier: Carrier,
  pending: string[],
  { store, log, signal, maxBytes, onPiece }: PieceRequest,
): Promise<void> {
  let bytes: Uint8Array
  try {
    const until = signal ? AbortSignal.any([signal, carrier.leave.signal]) : carrier.leave.signal
    bytes = await carrier.source.fetch(hash, { maxBytes, signal: until })
  } catch (cause) {
    pending.unshift(hash)
    if (signal?.aborted || carrier.leave.signal.aborted) return
    if (!(cause instanceof SubnetError)) throw cause
    if (cause.code === 'STORE_NOT_FOUND') carrier.lacks.add(hash)
    else drop(carrier, cause, log)
    return
  } finally {
    carrier.running--
  }
  await store.put(bytes)
  onPiece?.(hash, bytes)
}

function drop(carrier: Carrier, fault: SubnetError, log: Log): void {
  carrier.fault = fault
  carrier.leave.abort()
  log.warn('dropped peer', { peer: carrier.name, code: fault.code, why: fault.message })
}

function exhausted(pending: readonly string[], carriers: readonly Carrier[]): SubnetError {
  const faults = carriers.map(({ name, fault }) => ({
    peer: name,
    code: fault?.code ?? 'STORE_NOT_FOUND',
    why: fault?.message ?? `it does not hold ${pending[0]}`,
  }))
  const list =
    faults.length === 0 ? 'none was named' : faults.map(({ peer, why }) => `${peer}: ${why}`).join('; ')
  return new SubnetError(
    'PEERS_EXHAUSTED',
    `${pending.length} pieces could be had from no peer: ${list}. What was fetched is kept; name more peers with --peer.`,
    { retryable: true, details: { missing: pending.length, first: pending[0], faults } },
  )
}
