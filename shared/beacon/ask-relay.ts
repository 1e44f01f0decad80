import { SubnetError } from '../errors.ts'
import { getBounded } from '../http/get-bounded.ts'
import { type BeaconChain, toDrandInfo } from './chain-info.ts'
import { type VerifiedRound, verifyRound } from './verify-round.ts'

/** A quicknet answer is about 300 bytes and a chain's info about 500. */
const maxAnswerBytes = 16_384

/**
 * Asks one relay for one round. The relay is trusted with nothing: its `/info` must equal the pinned chain in
 * every field (drand-client compares hash and key alone, so a relay could shift the rounds by lying about the
 * genesis time), and its beacon is verified under the pinned key.
 *
 * @param relay base URL; the chain is served below `{relay}/{chain.hash}`
 * @throws SubnetError BEACON_INVALID when it lies; BEACON_RELAY_FAILED (retryable) when it does not answer, not
 *   in time, or not with drand's JSON, a round that it does not have yet included; the signal's reason
 */
export async function askRelay(options: {
  chain: BeaconChain
  relay: string
  round: bigint
  timeoutMs: number
  signal?: AbortSignal | undefined
}): Promise<VerifiedRound> {
  const { chain, relay, round } = options
  const base = `${relay.replace(/\/+$/, '')}/${chain.hash}`
  assertSameChain(chain, await getJson(`${base}/info`, options))
  return verifyRound(chain, round, await getJson(`${base}/public/${round}`, options))
}

function assertSameChain(chain: BeaconChain, answer: unknown): void {
  const told = flatten((answer ?? {}) as DrandInfo)
  const differing = Object.entries(flatten(toDrandInfo(chain)))
    .filter(([field, value]) => told[field] !== value)
    .map(([field]) => field)
  if (differing.length > 0)
    throw new SubnetError(
      'BEACON_INVALID',
      `its chain info differs from the pinned one: ${differing.join(', ')}`,
      { details: { differing } },
    )
}

type DrandInfo = ReturnType<typeof toDrandInfo>

function flatten({ metadata, ...fields }: DrandInfo): Record<string, unknown> {
  return { ...fields, beaconID: metadata?.beaconID }
}

async function getJson(
  url: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const bounds = { maxBytes: maxAnswerBytes, timeoutMs, stallTimeoutMs: timeoutMs, signal }
  try {
    const { status, body } = await getBounded(new URL(url), bounds)
    if (status !== 200) throw new Error(`${url} answered with status ${status}`)
    return JSON.parse(new TextDecoder().decode(body))
  } catch (cause) {
    signal?.throwIfAborted()
    throw new SubnetError('BEACON_RELAY_FAILED', (cause as Error).message, {
      retryable: true,
      details: { url },
      cause,
    })
  }
}
